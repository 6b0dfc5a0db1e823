/// One key of a mapping.
package struct Key: Sendable {
  package let name: String
  package let type: ValueType
  package var isRequired: Bool
  /// One or more sentences in Markdown: for the schema's hovers and for the reference.
  package let doc: String
  /// A value that it takes, as one writes it in YAML.
  package let example: String?
  /// Other names under which people know it, for did-you-mean.
  package let aliases: [String]
  /// Whether the built-in plugin does not read it, in which case a wrong value stops nothing.
  package var isPassedOver: Bool

  package init(
    name: String, type: ValueType, isRequired: Bool = false, doc: String, example: String? = nil, aliases: [String] = [],
    isPassedOver: Bool = false
  ) {
    (self.name, self.type, self.isRequired, self.doc) = (name, type, isRequired, doc)
    (self.example, self.aliases, self.isPassedOver) = (example, aliases, isPassedOver)
  }

  /// The same key where the built-in plugin does not read it.
  package var passedOver: Key {
    var key = self
    key.isPassedOver = true
    return key
  }
}
