import CLinux

/// The attributes of qdiscs, classes, filters and actions that we read or write (linux/rtnetlink.h, linux/pkt_sched.h,
/// linux/pkt_cls.h). One table serves both directions.
enum TrafficControlAttribute {
  static let kind = Int(TCA_KIND)
  static let options = Int(TCA_OPTIONS)

  /// Inside TCA_OPTIONS of a tbf.
  enum TBF {
    static let parameters = Int(TCA_TBF_PARMS)
    /// For rates that 32 bits cannot hold.
    static let rate64 = Int(TCA_TBF_RATE64)
    /// In requests only.
    static let burst = Int(TCA_TBF_BURST)
  }

  /// Inside TCA_OPTIONS of an htb and of its classes.
  enum HTB {
    static let parameters = Int(TCA_HTB_PARMS)
    static let initial = Int(TCA_HTB_INIT)
    static let rate64 = Int(TCA_HTB_RATE64)
    static let ceiling64 = Int(TCA_HTB_CEIL64)
  }

  /// Inside TCA_OPTIONS of a u32 filter.
  enum U32 {
    static let classID = Int(TCA_U32_CLASSID)
    static let selector = Int(TCA_U32_SEL)
    static let actions = Int(TCA_U32_ACT)
  }

  /// Inside TCA_OPTIONS of a matchall filter.
  enum Matchall {
    static let classID = Int(TCA_MATCHALL_CLASSID)
    static let actions = Int(TCA_MATCHALL_ACT)
  }

  /// Inside TCA_OPTIONS of a flower filter.
  enum Flower {
    static let classID = Int(TCA_FLOWER_CLASSID)
    static let actions = Int(TCA_FLOWER_ACT)
    static let etherType = Int(TCA_FLOWER_KEY_ETH_TYPE)
    static let ipv4Source = (value: Int(TCA_FLOWER_KEY_IPV4_SRC), mask: Int(TCA_FLOWER_KEY_IPV4_SRC_MASK))
    static let ipv4Destination = (value: Int(TCA_FLOWER_KEY_IPV4_DST), mask: Int(TCA_FLOWER_KEY_IPV4_DST_MASK))
    static let ipv6Source = (value: Int(TCA_FLOWER_KEY_IPV6_SRC), mask: Int(TCA_FLOWER_KEY_IPV6_SRC_MASK))
    static let ipv6Destination = (value: Int(TCA_FLOWER_KEY_IPV6_DST), mask: Int(TCA_FLOWER_KEY_IPV6_DST_MASK))
  }

  /// Inside one action of a list.
  enum Action {
    static let kind = Int(TCA_ACT_KIND)
    static let options = Int(TCA_ACT_OPTIONS)
  }

  /// Inside TCA_ACT_OPTIONS of a mirred action.
  enum Mirred {
    static let parameters = Int(TCA_MIRRED_PARMS)
  }
}
