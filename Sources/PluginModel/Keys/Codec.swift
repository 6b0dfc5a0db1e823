import CNI
import JSON

/// What the value of a key may be, and how it is read. The table of keys and the reader share this one value, so they cannot
/// differ.
package struct Codec<Value>: Sendable {
  package typealias KeyPath = ConfigurationError.KeyPath

  /// The type for validation, JSON Schema and reference. It is made on demand because no call of a plugin needs it.
  package let type: @Sendable () -> ValueType
  /// Reads a value that is not null. The path is the key's. A nil result counts as an absent key.
  package let decode: @Sendable (JSON, KeyPath) throws(ConfigurationError) -> Value?

  package init(
    type: @autoclosure @escaping @Sendable () -> ValueType,
    decode: @escaping @Sendable (JSON, KeyPath) throws(ConfigurationError) -> Value?
  ) {
    (self.type, self.decode) = (type, decode)
  }
}

extension Codec where Value == Bool {
  package static var flag: Codec {
    Codec(type: .boolean) { (json, path) throws(ConfigurationError) in try json.expected(json.bool, "a boolean", path) }
  }

  /// A flag of a feature that is not built yet. `true` throws `ConfigurationError.unsupported` with the reason.
  package static func refusedFlag(_ reason: String) -> Codec {
    Codec(type: .falseOnly(reason)) { (json, path) throws(ConfigurationError) in
      if try json.expected(json.bool, "a boolean", path) { throw .unsupported(path, reason: reason) }
      return false
    }
  }
}

extension Codec where Value == Int {
  /// A whole number of a range. With `orZero`, 0 is accepted too and counts as an absent key. `refusal` makes the message for any
  /// other number.
  package static func integer(
    _ range: ClosedRange<Int>, orZero: Bool = false, refusal: (@Sendable (Int) -> String)? = nil
  ) -> Codec {
    Codec(type: .integer(range, orZero: orZero)) { (json, path) throws(ConfigurationError) in
      let number = try json.expected(json.int, "a whole number", path)
      if orZero, number == 0 { return nil }
      guard range.contains(number) else {
        let reason = refusal?(number) ?? "\(number) is not from \(range.lowerBound) to \(range.upperBound)"
        throw .invalid(path, reason: reason)
      }
      return number
    }
  }

  /// A whole number whose range only the table of keys knows. The configuration's `complete` checks the range, after it has
  /// checked several keys together.
  package static func uncheckedInteger(_ range: ClosedRange<Int>) -> Codec {
    Codec(type: .integer(range)) { (json, path) throws(ConfigurationError) in
      try json.expected(json.int, "a whole number", path)
    }
  }
}

extension Codec {
  /// A list. Validation and JSON Schema refuse one shorter than `atLeast`; the codec accepts it, and the configuration refuses it
  /// later with its own message.
  package static func list<Element>(of element: Codec<Element>, atLeast: Int = 0) -> Codec where Value == [Element] {
    Codec(type: .list(element.type(), atLeast: atLeast)) { (json, path) throws(ConfigurationError) in
      var values: [Element] = []
      for (i, item) in try json.expected(json.array, "an array", path).enumerated() {
        if let value = try element.decode(item, path.appending(i)) { values.append(value) }
      }
      return values
    }
  }
}

extension Codec where Value: KeyedConfiguration {
  /// A mapping with known keys.
  package static var object: Codec {
    Codec(type: .object(Value.shape)) { (json, path) throws(ConfigurationError) in
      try Value(ConfigurationReader(json.expected(json.object, "an object", path), path: path))
    }
  }
}

extension Codec where Value: ConfigurationPart {
  /// A mapping that the runtime makes. No table of keys lists it.
  static func part(_: Value.Type) -> Codec {
    Codec(type: .any) { (json, path) throws(ConfigurationError) in
      try Value(ConfigurationReader(json.expected(json.object, "an object", path), path: path))
    }
  }
}

extension JSON {
  /// The value if it is not nil. Otherwise throws `ConfigurationError.wrongType`; `expected` has its article.
  func expected<T>(_ value: T?, _ expected: String, _ path: ConfigurationError.KeyPath) throws(ConfigurationError) -> T {
    guard let value else { throw .wrongType(path, expected: expected, found: kind) }
    return value
  }
}
