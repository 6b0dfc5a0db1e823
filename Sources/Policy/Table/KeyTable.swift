/// What a value of the policy may be. Decoder, JSON Schema, did-you-mean and reference all read this.
indirect enum ValueType: Sendable {
  case text(TextFormat)
  case boolean
  /// A whole number in decimal.
  case integer(ClosedRange<Int>)
  case list(ValueType, atLeast: Int)
  case object(Shape)
  /// A mapping with keys of the user's choice.
  case map(keys: TextFormat, ValueType)
  /// A mapping that is passed on as it is.
  case anyObject
  /// One of several types, no two of which take the same kind of value.
  case either([ValueType])
}

/// A mapping with known keys.
struct Shape: Sendable {
  /// Under which the JSON Schema and the reference have it.
  let id: String
  /// What it is, with its article, for messages: "a rule".
  let name: String
  let doc: String
  let keys: [Key]
  /// Whether other keys are passed on instead of being refused.
  var isOpen = false
  /// Whether exactly one of the keys must be there.
  var isChoice = false

  func key(_ name: String) -> Key? { keys.first { $0.name == name } }
}

/// One key of a mapping.
struct Key: Sendable {
  let name: String
  let type: ValueType
  var isRequired = false
  /// One or more sentences in Markdown: for the schema's hovers and for the reference.
  let doc: String
}

/// The kinds of values that YAML and JSON share.
enum ValueKind: String, Sendable {
  case string, boolean, integer, array, object

  /// For messages.
  var words: String {
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
  var kinds: [ValueKind] {
    switch self {
    case .text: [.string]
    case .boolean: [.boolean]
    case .integer: [.integer]
    case .list: [.array]
    case .object, .map, .anyObject: [.object]
    case .either(let types): types.flatMap(\.kinds)
    }
  }
}
