import CNI
import JSON

/// What the value of a key may be, and how it is read: one value for the table and for the reader. That is why they cannot differ.
package struct Codec<Value>: Sendable {
  package typealias KeyPath = ConfigurationError.KeyPath

  /// What validation, schema and reference say of it. It is made when it is asked for: no call of a plugin needs it.
  package let type: @Sendable () -> ValueType
  /// Reads a value that is not null; the path is that of the key. Nil counts as not given.
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

  /// A flag that cannot be set yet: true is refused as unsupported, by name and never silently.
  package static func refusedFlag(_ reason: String) -> Codec {
    Codec(type: .falseOnly(reason)) { (json, path) throws(ConfigurationError) in
      if try json.expected(json.bool, "a boolean", path) { throw .unsupported(path, reason: reason) }
      return false
    }
  }
}

extension Codec where Value == Int {
  /// A whole number. With `orZero` 0 too, which counts as not given. `refusal` is what the plugin says of another number.
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

  /// A whole number that the configuration's `complete` holds against the range: what it says of several keys comes first.
  package static func uncheckedInteger(_ range: ClosedRange<Int>) -> Codec {
    Codec(type: .integer(range)) { (json, path) throws(ConfigurationError) in
      try json.expected(json.int, "a whole number", path)
    }
  }
}

extension Codec {
  /// A list. Who reads it refuses one that is shorter than `atLeast`, in words of its own.
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
  /// A mapping with keys of its own.
  package static var object: Codec {
    Codec(type: .object(Value.shape)) { (json, path) throws(ConfigurationError) in
      try Value(ConfigurationReader(json.expected(json.object, "an object", path), path: path))
    }
  }
}

extension Codec where Value: ConfigurationPart {
  /// A mapping that no table has: the runtime makes it.
  static func part(_: Value.Type) -> Codec {
    Codec(type: .any) { (json, path) throws(ConfigurationError) in
      try Value(ConfigurationReader(json.expected(json.object, "an object", path), path: path))
    }
  }
}

extension JSON {
  /// The value in its Swift form, or the error that says what was expected, with its article.
  func expected<T>(_ value: T?, _ expected: String, _ path: ConfigurationError.KeyPath) throws(ConfigurationError) -> T {
    guard let value else { throw .wrongType(path, expected: expected, found: kind) }
    return value
  }
}
