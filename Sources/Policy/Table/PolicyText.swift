import PluginModel

/// What a text of the policy's own keys must look like, where plugins have no such key.
enum PolicyText: TextRule {
  case apiVersion
  case kind
  case networkName
  /// The executable's name of a plugin.
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
  /// tcp, udp or sctp in any case of letters.
  case transport
  /// ipv4 or ipv6.
  case family
}

extension TextFormat {
  static func policy(_ text: PolicyText) -> TextFormat { .other(text) }

  /// The policy's own format, if it is one.
  var policyText: PolicyText? { if case .other(let rule) = self { rule as? PolicyText } else { nil } }
}
