import JSON

/// What a text must look like: `TextFormat`, and the formats that only a policy has.
package protocol TextRule: Sendable {
  /// What is wrong with a text; nil for one that fits.
  func problem(with text: String) -> TextFormat.Problem?

  /// As much of the format as a JSON Schema can say. It may take a text that `problem(with:)` refuses, never the reverse.
  var schema: JSONObject { get }
}

/// What a text in a plugin's configuration must look like. `TextFormat+Problem` says what is wrong with one, `TextFormat+Schema` writes
/// them down.
package indirect enum TextFormat: TextRule {
  /// Any text.
  case value
  case interfaceName
  case address
  case mac
  /// An IP address with its prefix length; host bits may be set.
  case cidr
  /// The same without host bits.
  case subnet
  case absolutePath
  /// The plugin under `ipam`, or nothing.
  case ipamType
  /// One of these words.
  case oneOf([String])
  /// Nothing, which says the same as a key that is not there, or what fits the other format.
  case emptyOr(TextFormat)
  /// A format that is declared elsewhere.
  case other(any TextRule)
}
