import PluginModel

/// The formats of texts that only a policy has.
enum PolicyText: TextRule {
  case apiVersion
  case kind
  case networkName
  /// The type of a plugin, which is the name of its executable.
  case pluginType
  case specVersion
  /// A rule's name: 1 to 253 bytes on one line.
  case ruleName
  /// A pattern for namespaces and Pod names.
  case nameGlob
  /// A pattern for values of annotations, labels and arguments.
  case valueGlob
  /// The name of an annotation, label or argument.
  case valueKey
  /// An IP address, with or without a prefix length.
  case addressOrPrefix
  /// tcp, udp or sctp, in upper or lower case.
  case transport
  /// ipv4 or ipv6.
  case family
  /// Two port numbers with a hyphen between them.
  case portRange
}

extension TextFormat {
  static func policy(_ text: PolicyText) -> TextFormat { .other(text) }

  /// The format as one of the policy's own. Nil if it is not.
  var policyText: PolicyText? { if case .other(let rule) = self { rule as? PolicyText } else { nil } }
}
