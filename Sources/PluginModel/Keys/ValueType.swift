/// What a value of a key may be. Validation, readers, JSON Schema, did-you-mean and reference all read this.
package indirect enum ValueType: Sendable {
  case text(TextFormat)
  case boolean
  /// A flag that cannot be set yet, with the reason.
  case falseOnly(String)
  /// A whole number in decimal; with `orZero` 0 too, which says that it is not given.
  case integer(ClosedRange<Int>, orZero: Bool = false)
  case list(ValueType, atLeast: Int)
  case object(Shape)
  /// A mapping with keys of the user's choice.
  case map(keys: TextFormat, ValueType)
  /// A mapping that is passed on as it is.
  case anyObject
  /// Whatever it is: it is read elsewhere, or by nobody.
  case any
  /// One of several types, no two of which take the same kind of value.
  case either([ValueType])
}

/// The kinds of values that YAML and JSON share.
package enum ValueKind: String, Sendable, CaseIterable {
  case string, boolean, integer, array, object

  /// For messages.
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
