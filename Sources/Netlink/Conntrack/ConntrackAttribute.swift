import CLinux

/// The attributes of connection tracking that we read or write (linux/netfilter/nfnetlink_conntrack.h). One table serves both directions.
enum ConntrackAttribute {
  static let original = Int(CTA_TUPLE_ORIG.rawValue)
  static let reply = Int(CTA_TUPLE_REPLY.rawValue)
  static let id = Int(CTA_ID.rawValue)
  static let zone = Int(CTA_ZONE.rawValue)
  static let filter = Int(CTA_FILTER.rawValue)

  /// Inside a tuple.
  enum Tuple {
    static let address = Int(CTA_TUPLE_IP.rawValue)
    static let transport = Int(CTA_TUPLE_PROTO.rawValue)
    static let source4 = Int(CTA_IP_V4_SRC.rawValue)
    static let destination4 = Int(CTA_IP_V4_DST.rawValue)
    static let source6 = Int(CTA_IP_V6_SRC.rawValue)
    static let destination6 = Int(CTA_IP_V6_DST.rawValue)
    static let number = Int(CTA_PROTO_NUM.rawValue)
    static let sourcePort = Int(CTA_PROTO_SRC_PORT.rawValue)
    static let destinationPort = Int(CTA_PROTO_DST_PORT.rawValue)
  }

  /// Inside a filter. The kernel compares the parts of the original tuple that these bits name (net/netfilter/nf_internals.h).
  enum Filter {
    static let original = Int(CTA_FILTER_ORIG_FLAGS.rawValue)
    static let reply = Int(CTA_FILTER_REPLY_FLAGS.rawValue)
    static let protocolNumber: UInt32 = 1 << 3
    static let destinationPort: UInt32 = 1 << 5
  }
}
