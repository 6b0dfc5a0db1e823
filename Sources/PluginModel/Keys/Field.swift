import CNI
import JSON

/// Whether a key must be there.
package enum Need: Sendable {
  case optional
  /// Without it the reader throws `ConfigurationError.missing`.
  case required
  /// It must be there too. Who reads the whole says so, in words of its own.
  case requiredByReader
}

/// A key with what it holds: for the table, and to be read into any configuration that has it.
package struct TypedKey<Value>: Sendable {
  package let name: String
  package let codec: Codec<Value>
  package private(set) var need: Need
  /// Made when it is asked for: no call of a plugin needs it.
  package let doc: @Sendable () -> String
  package let example: String?

  package init(
    _ name: String, _ codec: Codec<Value>, need: Need = .optional, doc: @autoclosure @escaping @Sendable () -> String,
    example: String? = nil
  ) {
    (self.name, self.codec, self.need, self.doc, self.example) = (name, codec, need, doc, example)
  }

  /// The same key where it must be there.
  package func needed(_ need: Need) -> TypedKey {
    var key = self
    key.need = need
    return key
  }

  /// The key as the table has it.
  package var key: Key { Key(name: name, type: codec.type(), isRequired: need != .optional, doc: doc(), example: example) }
}

/// A key of a configuration: its entry in the table, and how it is read into the configuration.
package struct Field<Root>: Sendable {
  /// The key as the table has it; nil for one that the runtime makes for every call, which no table has.
  package let key: @Sendable () -> Key?
  /// Reads the key into the configuration; leaves that alone where the key is not given.
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

  /// A key that stands in the table and that nobody reads here.
  package static func unread(_ key: @autoclosure @escaping @Sendable () -> Key) -> Field { Field(key: key) { _, _ in } }

  /// A key that the runtime makes for every call (CNI conventions).
  package static func ofRuntime<Value>(
    _ name: String, _ codec: Codec<Value>, set: @escaping @Sendable (inout Root, Value) -> Void
  ) -> Field {
    Field(key: { nil }, read: reader(TypedKey(name, codec, doc: ""), set))
  }

  /// Holds on to what reading needs, and to no more.
  private static func reader<Value>(
    _ key: TypedKey<Value>, _ set: @escaping @Sendable (inout Root, Value) -> Void
  ) -> @Sendable (ConfigurationReader, inout Root) throws(ConfigurationError) -> Void {
    let (name, need, decode) = (key.name, key.need, key.codec.decode)
    return { (reader, root) throws(ConfigurationError) in
      if let value = try reader.value(of: name, need, decode) { set(&root, value) }
    }
  }

  /// The same key of a configuration that has this one as a part.
  ///
  /// `part` hands the part of a configuration to the closure. A key path would say the same, and cost more at every start.
  package func inside<Outer>(
    _ part: @escaping @Sendable (inout Outer, (inout Root) throws(ConfigurationError) -> Void) throws(ConfigurationError) -> Void
  ) -> Field<Outer> {
    Field<Outer>(key: key) { [read] (reader, outer) throws(ConfigurationError) in
      try part(&outer) { (root) throws(ConfigurationError) in try read(reader, &root) }
    }
  }
}

extension ConfigurationReader {
  /// The value of a key; nil where it is not given. Throws `ConfigurationError`, `.missing` for one that must be there.
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
