import CLinux

/// The attributes of RTM_*RULE messages that we read or write (linux/fib_rules.h). One table serves both directions.
enum RuleAttribute {
  static let destination = Int(FRA_DST)
  static let source = Int(FRA_SRC)
  static let inputLink = Int(FRA_IIFNAME)
  static let priority = Int(FRA_PRIORITY)
  static let mark = Int(FRA_FWMARK)
  static let table = Int(FRA_TABLE)
  static let outputLink = Int(FRA_OIFNAME)
  static let `protocol` = Int(FRA_PROTOCOL)
}
