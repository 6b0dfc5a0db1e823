import CNI

/// Keys that several configurations have, as one part of each.
package protocol ConfigurationPart: Sendable {
  /// The defaults.
  init()

  /// The keys in the order of the reference. They are read in it, too.
  static var fields: [Field<Self>] { get }

  /// Refuses what no key alone is to blame for, and completes what follows from several. Called once, when all keys have been read.
  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError)
}

extension ConfigurationPart {
  /// Reads the keys of one object: there is no other reader. Throws the first key that is wrong.
  package init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    self.init()
    for field in Self.fields { try field.read(reader, &self) }
    try complete(at: reader.path)
  }

  /// The defaults where there is no such object.
  package init(in object: ConfigurationReader?) throws(ConfigurationError) {
    if let object { try self.init(object) } else { self.init() }
  }

  package init(_ configuration: PluginConfiguration) throws(ConfigurationError) { try self.init(configuration.reader) }

  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {}
}

/// A mapping whose keys say how they are read: validation, schema and reference take its shape from the same fields as the reader.
package protocol KeyedConfiguration: ConfigurationPart {
  static var heading: ShapeHeading { get }

  /// `shapeOfFields`; one that is asked for often keeps it.
  static var shape: Shape { get }
}

/// What a shape says of the mapping as a whole.
package struct ShapeHeading: Sendable {
  let id: String
  let name: String
  let doc: String
  /// Whether it is a plugin's that stands in a chain, with the keys that all of these have.
  var isOfChain = false
  var isShared = false
  var plugins: [Plugin] = []
}

extension KeyedConfiguration {
  package static var shape: Shape { shapeOfFields }

  package static var shapeOfFields: Shape {
    let keys = fields.compactMap { $0.key() }
    return .plugin(
      id: heading.id, name: heading.name, doc: heading.doc, keys: heading.isOfChain ? CommonKeys.with(keys) : keys,
      isShared: heading.isShared, plugins: heading.plugins)
  }
}
