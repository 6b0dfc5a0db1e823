import CNI
import JSON

extension PluginFacts {
  /// The link that an interface plugin works on.
  package struct Link: Sendable {
    /// What the plugin does with the link.
    package enum Role: Sendable {
      /// The plugin makes the Pod's interface a port of the link, and makes the link if it is missing.
      case bridge
      /// The plugin makes the Pod's interface on top of the link, which must exist.
      case master
      /// The plugin moves the link into the Pod. The link must exist.
      case moved
    }

    /// Nil for the link of the node's default route.
    package var name: String?
    package var role: Role
    /// The key that names the link.
    package var key: ConfigurationError.KeyPath
    /// Whether the link is in the Pod and not on the node.
    package var isInContainer = false
    /// What the plugin uses the link for, if that excludes other uses. Nil if the link can have any other use too, or if that is
    /// not known.
    package var claim: Claim?
  }

  /// A use of a link that excludes other kinds of use, because a device has only one receive handler in the kernel.
  package struct Claim: Sendable {
    /// The kind of use with its article, for messages.
    package let kind: String
    /// Whether the link cannot have a second use of the same kind either.
    package let isExclusive: Bool

    package func excludes(_ other: Claim) -> Bool { kind != other.kind || isExclusive }
  }
}

extension PluginFacts.Link {
  /// The link that a key names. Nil if the key is absent, empty or not a text.
  init?(_ role: Role, key: String, in configuration: JSONObject) {
    guard let name = configuration.filledText(key) else { return nil }
    self.init(name: name, role: role, key: .init(key))
  }

  /// The link that `master` names. Default: the link of the default route. `linkInContainer` says that the link is in the Pod.
  static func master(_ configuration: JSONObject, claim: PluginFacts.Claim? = nil) -> PluginFacts.Link {
    PluginFacts.Link(
      name: configuration.filledText("master"), role: .master, key: .init("master"),
      isInContainer: configuration.isTrue("linkInContainer"), claim: claim)
  }
}
