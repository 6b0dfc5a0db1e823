/// What a string of the policy must look like. `TextFormat+Problem` says what is wrong with one, `TextFormat+Schema` writes them down.
indirect enum TextFormat: Sendable {
  case apiVersion
  case kind
  case networkName
  case interfaceName
  /// The executable's name of a plugin.
  case pluginType
  case specVersion
  /// A rule's name: 1 to 253 bytes on one line.
  case ruleName
  /// A pattern for namespaces and Pod names.
  case nameGlob
  /// A pattern for values of annotations, labels and arguments.
  case valueGlob
  /// Any text.
  case value
  /// The name of an annotation, label or argument.
  case valueKey
  /// An IP address, with or without a prefix length.
  case addressOrPrefix
  case address
  case mac
  /// tcp, udp or sctp in any case of letters.
  case transport
  /// ipv4 or ipv6.
  case family
  /// An IP address with its prefix length; host bits may be set.
  case cidr
  /// The same without host bits.
  case subnet
  case absolutePath
  /// The plugin under `ipam`, or nothing.
  case ipamType
  /// One of these words.
  case oneOf([String])
  /// Nothing, which says the same as a key that is not there, or what fits the other format.
  case emptyOr(TextFormat)
}
