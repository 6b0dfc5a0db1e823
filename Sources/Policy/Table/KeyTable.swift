/// What a value of the policy may be. Decoder, JSON Schema, did-you-mean and reference all read this.
indirect enum ValueType: Sendable {
  case text(TextFormat)
  case boolean
  case list(ValueType, atLeast: Int)
  case object(Shape)
  /// A mapping with keys of the user's choice.
  case map(keys: TextFormat, ValueType)
}

/// A mapping with known keys.
struct Shape: Sendable {
  /// What it is, with its article, for messages: "a rule".
  let name: String
  let doc: String
  let keys: [Key]
  /// Whether other keys are passed on instead of being refused.
  var isOpen = false

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
