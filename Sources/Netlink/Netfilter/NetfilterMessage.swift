import CLinux

/// The message header that all parts of netfilter share (linux/netfilter/nfnetlink.h).
package enum NetfilterMessage {
  /// The parts of netfilter that we speak to (NFNL_SUBSYS_*).
  package enum Subsystem: UInt16, Sendable {
    case conntrack = 1
    case nftables = 10
  }

  /// The address family of a table or message. An `inet` table sees IPv4 and IPv6, a `bridge` table the frames of bridges.
  package enum Family: UInt8, Hashable, Sendable, CustomStringConvertible {
    case unspecified = 0
    case inet = 1
    case ipv4 = 2
    case bridge = 7
    case ipv6 = 10

    /// The name that nft(8) uses.
    package var description: String {
      switch self {
      case .unspecified: "unspec"
      case .inet: "inet"
      case .ipv4: "ip"
      case .bridge: "bridge"
      case .ipv6: "ip6"
      }
    }
  }

  /// Starts a message. `type` is the subsystem's own number of the operation, `flags` are NLM_F_*.
  static func start(
    _ subsystem: Subsystem, _ type: UInt32, _ family: Family, flags: Int32
  ) -> MessageWriter {
    var message = MessageWriter(
      type: subsystem.rawValue << 8 | UInt16(type), flags: UInt16(NLM_F_REQUEST | flags))
    message.header(nfgenmsg(nfgen_family: family.rawValue, version: UInt8(NFNETLINK_V0), res_id: 0))
    return message
  }

  /// NFNL_MSG_BATCH_BEGIN or NFNL_MSG_BATCH_END of a batch for nf_tables.
  static func batch(_ type: Int32, generation: UInt32? = nil) -> MessageWriter {
    var message = MessageWriter(type: UInt16(type), flags: UInt16(NLM_F_REQUEST))
    message.header(
      nfgenmsg(nfgen_family: 0, version: UInt8(NFNETLINK_V0), res_id: Subsystem.nftables.rawValue.bigEndian))
    if let generation { message.attribute(Int(NFNL_BATCH_GENID.rawValue), generation.bigEndian) }
    return message
  }
}

extension MessageWriter {
  /// Appends an attribute that holds the attributes written by `body`, with the flag that newer families want (NLA_F_NESTED).
  mutating func nested(_ type: Int, _ body: (inout MessageWriter) -> Void) { nest(type | Int(NLA_F_NESTED), body) }
}

extension Attributes {
  /// A number in network byte order. Throws `MalformedReply.attributeSize` unless the value is exactly one.
  func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_ type: Int, _: T.Type = T.self) throws(MalformedReply) -> T? {
    try number(type, T.self).map { T(bigEndian: $0) }
  }
}
