/// A mapping with known keys.
package struct Shape: Sendable {
  /// The name of its definition in the JSON Schema, and of its section in the reference.
  package let id: String
  /// What it is, with its article, for messages: "a rule".
  package let name: String
  package let doc: String
  package let keys: [Key]
  /// Whether other keys are passed on instead of being refused.
  package let isOpen: Bool
  /// Whether exactly one of the keys must be there.
  package let isChoice: Bool
  /// Whether it is read as CNI plugins read JSON: names match in any case of ASCII letters, and null counts as absent.
  package let isPlugin: Bool
  /// Whether other programs put keys of their own into it: no key of it is reported as unknown.
  package let isShared: Bool
  /// The plugins whose configuration it may be. The value of `type` names one of them, whose keys it has beside its own.
  package let plugins: [Plugin]

  package init(
    id: String, name: String, doc: String, keys: [Key], isOpen: Bool = false, isChoice: Bool = false, plugins: [Plugin] = []
  ) {
    (self.id, self.name, self.doc, self.keys) = (id, name, doc, keys)
    (self.isOpen, self.isChoice, self.plugins) = (isOpen, isChoice, plugins)
    (isPlugin, isShared) = (false, false)
  }

  /// A mapping of a plugin's configuration.
  private init(plugin id: String, name: String, doc: String, keys: [Key], isShared: Bool, plugins: [Plugin]) {
    (self.id, self.name, self.doc, self.keys) = (id, name, doc, keys)
    (self.isShared, self.plugins) = (isShared, plugins)
    (isOpen, isChoice, isPlugin) = (true, false, true)
  }

  /// A mapping of a plugin's configuration.
  package static func plugin(
    id: String, name: String, doc: String, keys: [Key], isShared: Bool = false, plugins: [Plugin] = []
  ) -> Shape {
    Shape(plugin: id, name: name, doc: doc, keys: keys, isShared: isShared, plugins: plugins)
  }

  package func key(_ name: String) -> Key? { keys.first { $0.name == name } }
}
