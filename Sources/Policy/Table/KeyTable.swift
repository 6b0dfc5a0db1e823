/// What a value of the policy may be. Decoder, JSON Schema, did-you-mean and reference all read this.
indirect enum ValueType: Sendable {
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
  /// Whether it is read as CNI plugins read JSON: names match in any case of ASCII letters, and null counts as absent.
  var isPlugin = false
  /// Whether others put keys of their own into it, so that none is unknown.
  var isShared = false
  /// Those of which it is the configuration: the value of `type` says whose keys it has beside its own.
  var plugins: [KnownPlugin] = []

  func key(_ name: String) -> Key? { keys.first { $0.name == name } }

  /// A mapping of a plugin's configuration.
  static func plugin(
    id: String, name: String, doc: String, keys: [Key], isShared: Bool = false, plugins: [KnownPlugin] = []
  ) -> Shape {
    Shape(id: id, name: name, doc: doc, keys: keys, isOpen: true, isPlugin: true, isShared: isShared, plugins: plugins)
  }
}

/// One key of a mapping.
struct Key: Sendable {
  let name: String
  let type: ValueType
  var isRequired = false
  /// One or more sentences in Markdown: for the schema's hovers and for the reference.
  let doc: String
  /// A value that it takes, as one writes it in YAML.
  var example: String?
  /// Other names under which people know it, for did-you-mean.
  var aliases: [String] = []
  /// Whether the built-in plugin does not read it, so that a wrong value stops nothing.
  var isPassedOver = false
}

/// The kinds of values that YAML and JSON share.
enum ValueKind: String, Sendable, CaseIterable {
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
    case .boolean, .falseOnly: [.boolean]
    case .integer: [.integer]
    case .list: [.array]
    case .object, .map, .anyObject: [.object]
    case .any: ValueKind.allCases
    case .either(let types): types.flatMap(\.kinds)
    }
  }
}
