import CLinux

/// The attributes of RTM_*ROUTE messages that we read or write (linux/rtnetlink.h). One table serves both directions.
enum RouteAttribute {
  static let destination = Int(RTA_DST.rawValue)
  static let link = Int(RTA_OIF.rawValue)
  static let gateway = Int(RTA_GATEWAY.rawValue)
  static let priority = Int(RTA_PRIORITY.rawValue)
  static let source = Int(RTA_PREFSRC.rawValue)
  static let metrics = Int(RTA_METRICS.rawValue)
  static let table = Int(RTA_TABLE.rawValue)
  static let multipath = Int(RTA_MULTIPATH.rawValue)

  /// Inside RTA_METRICS.
  enum Metric {
    static let mtu = Int(RTAX_MTU)
    static let advertisedMSS = Int(RTAX_ADVMSS)
  }
}
