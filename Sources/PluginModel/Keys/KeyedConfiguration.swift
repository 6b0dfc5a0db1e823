import CNI

/// A configuration, or a part of one, that is read by means of its fields.
package protocol ConfigurationPart: Sendable {
  /// The defaults.
  init()

  /// The keys in the order of the reference, which is also the order of reading.
  static var fields: [Field<Self>] { get }

  /// Checks several keys together and computes the values that follow from them. Called once, after all keys have been read.
  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError)
}

extension ConfigurationPart {
  /// Reads the keys of one object. Throws the error of the first wrong key.
  package init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    self.init()
    for field in Self.fields { try field.read(reader, &self) }
    try complete(at: reader.path)
  }

  /// Reads an object that may be absent. All keys then have their defaults.
  package init(in object: ConfigurationReader?) throws(ConfigurationError) {
    if let object { try self.init(object) } else { self.init() }
  }

  package init(_ configuration: PluginConfiguration) throws(ConfigurationError) { try self.init(configuration.reader) }

  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {}
}

/// A configuration with a table of keys. Validation, JSON Schema and reference take the table from the same fields as the reader.
package protocol KeyedConfiguration: ConfigurationPart {
  static var heading: ShapeHeading { get }

  /// `shapeOfFields`. A configuration whose shape is needed often stores it.
  static var shape: Shape { get }
}

/// The part of a shape that describes the mapping as a whole.
package struct ShapeHeading: Sendable {
  let id: String
  let name: String
  let doc: String
  /// Whether the mapping configures a plugin of a chain, which also has `CommonKeys.all`.
  var isOfChain = false
  var relations: [KeyRelation] = []
  var isShared = false
  var plugins: [Plugin] = []
}

extension KeyedConfiguration {
  package static var shape: Shape { shapeOfFields }

  package static var shapeOfFields: Shape {
    let keys = fields.compactMap { $0.key() }
    return .plugin(
      id: heading.id, name: heading.name, doc: heading.doc, keys: heading.isOfChain ? CommonKeys.with(keys) : keys,
      relations: heading.relations, isShared: heading.isShared, plugins: heading.plugins)
  }
}
