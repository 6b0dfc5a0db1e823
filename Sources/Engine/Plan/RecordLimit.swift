import JSON

/// The bounds of a record. Writer and reader take them from here, so whatever is written can be read.
enum RecordLimit {
  /// The largest record, in bytes.
  static let bytes = 16 << 20
  /// How deep arrays and objects may be nested in a record.
  static let depth = JSON.maximumDepth
  /// The delegates' configurations and CNI_ARGS, in bytes. They are known before the first delegate runs. The rest is for the results.
  static let planBytes = 8 << 20
  /// What a record may grow when an undo of it fails, in bytes.
  static let reserve = 4 << 10
  /// The arrays and objects around a delegate's configuration in a record, from the record itself to the configuration.
  static let levelsAboveConfiguration = 5
}
