/// One entry of a table of keys: a key that a mapping may have.
package struct Key: Sendable {
  package let name: String
  package let type: ValueType
  package var isRequired: Bool
  /// One or more sentences in Markdown. Editors show them on hovering, by way of the JSON Schema; the reference lists them.
  package let doc: String
  /// A valid value in YAML.
  package let example: String?
  /// Other names that people know the key by, for "did you mean".
  package let aliases: [String]
  /// Whether the built-in plugin ignores the key. A wrong value is then only a warning.
  package var isPassedOver: Bool

  package init(
    name: String, type: ValueType, isRequired: Bool = false, doc: String, example: String? = nil, aliases: [String] = [],
    isPassedOver: Bool = false
  ) {
    (self.name, self.type, self.isRequired, self.doc) = (name, type, isRequired, doc)
    (self.example, self.aliases, self.isPassedOver) = (example, aliases, isPassedOver)
  }

  /// The same key for a built-in plugin that ignores it.
  package var passedOver: Key {
    var key = self
    key.isPassedOver = true
    return key
  }
}
