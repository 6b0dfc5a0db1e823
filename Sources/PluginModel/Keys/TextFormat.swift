import JSON

/// A format of texts: `TextFormat`, or one of those that only a policy has.
package protocol TextRule: Sendable {
  /// What is wrong with a text. Nil if it fits.
  func problem(with text: String) -> TextFormat.Problem?

  /// As much of the format as a JSON Schema can express. The schema may accept a text that `problem(with:)` refuses, never the
  /// reverse: an editor must not mark a valid policy.
  var schema: JSONObject { get }
}

/// The formats of texts in a plugin's configuration.
package indirect enum TextFormat: TextRule {
  /// Any text.
  case value
  case interfaceName
  case address
  case mac
  /// An IP address with its prefix length; host bits may be set.
  case cidr
  /// A network: a `cidr` without host bits.
  case subnet
  case absolutePath
  /// The name of a sysctl of the network that a namespace has of its own.
  case sysctl
  /// The type of an IPAM plugin. It may be empty.
  case ipamType
  /// One of these words.
  case oneOf([String])
  /// The empty text, which counts as an absent key, or a text of the other format.
  case emptyOr(TextFormat)
  /// A word that Braid's own plugin refuses with this reason although the reference plugin knows it, or a text of the other format.
  case refusing(String, reason: String, TextFormat)
  /// Only the empty text, which counts as an absent key: Braid's own plugin refuses the feature with this reason.
  case refused(String)
  /// A format that another module declares.
  case other(any TextRule)
}
