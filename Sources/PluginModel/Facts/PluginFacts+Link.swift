import CNI
import JSON

extension PluginFacts {
  /// The link that an interface plugin works on.
  package struct Link: Sendable {
    /// What the plugin does with the link.
    package enum Role: Sendable {
      /// The plugin makes it, or uses it if it is there, and plugs the Pod into it.
      case bridge
      /// The plugin needs it, and makes the Pod's interface on it.
      case master
      /// The plugin needs it, and gives it to the Pod.
      case moved
    }

    /// Nil for the link of the node's default route.
    package var name: String?
    package var role: Role
    /// The place of the link's name.
    package var key: ConfigurationError.KeyPath
    /// Whether the link is in the Pod and not on the node.
    package var isInContainer = false
    /// The use that excludes others. Nil where the link takes any other use as well, or where that is not known.
    package var claim: Claim?
  }

  /// A use of a link that excludes uses of other kinds: a device has one receive handler in the kernel.
  package struct Claim: Sendable {
    /// The kind for messages, with its article.
    package let kind: String
    /// Whether a second use of the same kind is excluded as well.
    package let isExclusive: Bool

    package func excludes(_ other: Claim) -> Bool { kind != other.kind || isExclusive }
  }
}

extension PluginFacts.Link {
  /// The link that a key names. Nil where the key is empty, absent or no text.
  init?(_ role: Role, key: String, in configuration: JSONObject) {
    guard let name = configuration.filledText(key) else { return nil }
    self.init(name: name, role: role, key: .init(key))
  }

  /// The link that `master` names, by default that of the default route; with `linkInContainer` it is in the Pod.
  static func master(_ configuration: JSONObject, claim: PluginFacts.Claim? = nil) -> PluginFacts.Link {
    PluginFacts.Link(
      name: configuration.filledText("master"), role: .master, key: .init("master"),
      isInContainer: configuration.isTrue("linkInContainer"), claim: claim)
  }
}
