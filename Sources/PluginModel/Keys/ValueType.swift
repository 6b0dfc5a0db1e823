/// The type of a key's value, for validation, JSON Schema and reference.
package indirect enum ValueType: Sendable {
  case text(TextFormat)
  case boolean
  /// A flag of a feature that is not built yet, with the reason. Only `false` is accepted.
  case falseOnly(String)
  /// A whole number in decimal. With `orZero`, 0 is accepted too and counts as an absent key.
  case integer(ClosedRange<Int>, orZero: Bool = false)
  case list(ValueType, atLeast: Int)
  case object(Shape)
  /// A mapping with keys of the user's choice.
  case map(keys: TextFormat, ValueType)
  /// A mapping that Braid passes on unchanged.
  case anyObject
  /// Any value. Another part of the program reads it, or nobody does.
  case any
  /// One of several types. No two of them accept the same kind of value, so the value's kind tells which one is meant.
  case either([ValueType])
}

/// The kinds of values that YAML and JSON share.
package enum ValueKind: String, Sendable, CaseIterable {
  case string, boolean, integer, array, object

  /// The kind with its article, for messages.
  package var words: String {
    switch self {
    case .string: "a string"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .array: "a list"
    case .object: "a mapping"
    }
  }
}

extension ValueType {
  /// The kinds of values that this type takes.
  package var kinds: [ValueKind] {
    switch self {
    case .text: [.string]
    case .boolean, .falseOnly: [.boolean]
    case .integer: [.integer]
    case .list: [.array]
    case .object, .map, .anyObject: [.object]
    case .any: ValueKind.allCases
    case .either(let types): types.flatMap(\.kinds)
    }
  }
}
