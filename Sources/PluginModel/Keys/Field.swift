import CNI
import JSON

/// Whether a key is required.
package enum Need: Sendable {
  case optional
  /// If it is absent, reading throws `ConfigurationError.missing`.
  case required
  /// Required in the table of keys. The configuration's `complete` or its user reports an absent key, with the reference plugin's
  /// message.
  case requiredByReader
}

/// A key with its codec. Several configurations can have the same one.
package struct TypedKey<Value>: Sendable {
  package let name: String
  package let codec: Codec<Value>
  package private(set) var need: Need
  /// Made on demand because no call of a plugin needs it.
  package let doc: @Sendable () -> String
  package let example: String?

  package init(
    _ name: String, _ codec: Codec<Value>, need: Need = .optional, doc: @autoclosure @escaping @Sendable () -> String,
    example: String? = nil
  ) {
    (self.name, self.codec, self.need, self.doc, self.example) = (name, codec, need, doc, example)
  }

  /// The same key with another need.
  package func needed(_ need: Need) -> TypedKey {
    var key = self
    key.need = need
    return key
  }

  /// The entry for the table of keys.
  package var key: Key { Key(name: name, type: codec.type(), isRequired: need != .optional, doc: doc(), example: example) }
}

/// One key of a configuration: its entry in the table of keys, and how it is read into the configuration.
package struct Field<Root>: Sendable {
  /// The entry for the table of keys. Nil for a key that the runtime makes for every call, which the table does not list.
  package let key: @Sendable () -> Key?
  /// Reads the key into the configuration. An absent key leaves the configuration as it is.
  package let read: @Sendable (ConfigurationReader, inout Root) throws(ConfigurationError) -> Void

  private init(
    key: @escaping @Sendable () -> Key?,
    read: @escaping @Sendable (ConfigurationReader, inout Root) throws(ConfigurationError) -> Void
  ) {
    (self.key, self.read) = (key, read)
  }

  package init<Value>(_ key: TypedKey<Value>, set: @escaping @Sendable (inout Root, Value) -> Void) {
    self.init(key: { key.key }, read: Self.reader(key, set))
  }

  package init<Value>(
    _ name: String, _ codec: Codec<Value>, need: Need = .optional, doc: @autoclosure @escaping @Sendable () -> String,
    example: String? = nil, set: @escaping @Sendable (inout Root, Value) -> Void
  ) {
    self.init(TypedKey(name, codec, need: need, doc: doc(), example: example), set: set)
  }

  /// A key that the table lists and this configuration does not read.
  package static func unread(_ key: @autoclosure @escaping @Sendable () -> Key) -> Field { Field(key: key) { _, _ in } }

  /// A key that the runtime makes for every call (CNI conventions).
  package static func ofRuntime<Value>(
    _ name: String, _ codec: Codec<Value>, set: @escaping @Sendable (inout Root, Value) -> Void
  ) -> Field {
    Field(key: { nil }, read: reader(TypedKey(name, codec, doc: ""), set))
  }

  /// Captures only what reading needs: docs and type are never made during a call of a plugin.
  private static func reader<Value>(
    _ key: TypedKey<Value>, _ set: @escaping @Sendable (inout Root, Value) -> Void
  ) -> @Sendable (ConfigurationReader, inout Root) throws(ConfigurationError) -> Void {
    let (name, need, decode) = (key.name, key.need, key.codec.decode)
    return { (reader, root) throws(ConfigurationError) in
      if let value = try reader.value(of: name, need, decode) { set(&root, value) }
    }
  }

  /// The same key for a configuration that contains this one as a part.
  ///
  /// `part` passes the part of the outer configuration to its closure. A key path would be shorter, but slows down every start.
  package func inside<Outer>(
    _ part: @escaping @Sendable (inout Outer, (inout Root) throws(ConfigurationError) -> Void) throws(ConfigurationError) -> Void
  ) -> Field<Outer> {
    Field<Outer>(key: key) { [read] (reader, outer) throws(ConfigurationError) in
      try part(&outer) { (root) throws(ConfigurationError) in try read(reader, &root) }
    }
  }
}

extension ConfigurationReader {
  /// The value of a key, or nil if it is absent. Throws `ConfigurationError`; `.missing` for an absent key that is required.
  func value<Value>(of key: TypedKey<Value>) throws(ConfigurationError) -> Value? {
    try value(of: key.name, key.need, key.codec.decode)
  }

  fileprivate func value<Value>(
    of name: String, _ need: Need, _ decode: (JSON, KeyPath) throws(ConfigurationError) -> Value?
  ) throws(ConfigurationError) -> Value? {
    if let json = value(name), let value = try decode(json, path.appending(name)) { return value }
    if case .required = need { throw .missing(path.appending(name)) }
    return nil
  }
}
