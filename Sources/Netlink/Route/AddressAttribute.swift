import CLinux

/// The attributes of RTM_*ADDR messages that we read or write (linux/if_addr.h). One table serves both directions.
enum AddressAttribute {
  /// The other end of a point-to-point link; on other links our own address.
  static let address = Int(IFA_ADDRESS)
  /// Our own address. The kernel leaves it out for IPv6 addresses without another end.
  static let local = Int(IFA_LOCAL)
  static let label = Int(IFA_LABEL)
  static let broadcast = Int(IFA_BROADCAST)
  /// All flags; the header has only the first eight.
  static let flags = Int(IFA_FLAGS)
}
