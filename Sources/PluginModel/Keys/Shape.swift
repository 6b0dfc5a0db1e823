/// The table of keys of one mapping.
package struct Shape: Sendable {
  /// Names the mapping's definition in the JSON Schema and its section in the reference.
  package let id: String
  /// The mapping's name for messages, with its article: "a rule".
  package let name: String
  package let doc: String
  package let keys: [Key]
  /// Whether the mapping may have other keys, which Braid passes on.
  package let isOpen: Bool
  /// Whether the mapping must have exactly one of the keys.
  package let isChoice: Bool
  /// Whether the mapping is read the way that CNI plugins read JSON: upper and lower case of ASCII letters are the same in names,
  /// and null counts as absent.
  package let isPlugin: Bool
  /// Whether other programs add keys of their own, so no key is reported as unknown.
  package let isShared: Bool
  /// The demands on several keys together.
  package let relations: [KeyRelation]
  /// The plugins that the mapping can configure. `type` names one of them, whose keys the mapping may have too.
  package let plugins: [Plugin]

  package init(
    id: String, name: String, doc: String, keys: [Key], isOpen: Bool = false, isChoice: Bool = false, plugins: [Plugin] = []
  ) {
    (self.id, self.name, self.doc, self.keys) = (id, name, doc, keys)
    (self.isOpen, self.isChoice, self.plugins) = (isOpen, isChoice, plugins)
    (isPlugin, isShared, relations) = (false, false, [])
  }

  /// A mapping of a plugin's configuration.
  private init(
    plugin id: String, name: String, doc: String, keys: [Key], relations: [KeyRelation], isShared: Bool, plugins: [Plugin]
  ) {
    self.relations = relations
    (self.id, self.name, self.doc, self.keys) = (id, name, doc, keys)
    (self.isShared, self.plugins) = (isShared, plugins)
    (isOpen, isChoice, isPlugin) = (true, false, true)
  }

  /// A mapping of a plugin's configuration.
  package static func plugin(
    id: String, name: String, doc: String, keys: [Key], relations: [KeyRelation] = [], isShared: Bool = false,
    plugins: [Plugin] = []
  ) -> Shape {
    Shape(plugin: id, name: name, doc: doc, keys: keys, relations: relations, isShared: isShared, plugins: plugins)
  }

  package func key(_ name: String) -> Key? { keys.first { $0.name == name } }
}
