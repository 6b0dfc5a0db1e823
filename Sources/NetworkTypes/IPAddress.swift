/// The two address families that CNI and the kernel know for Pods.
package enum AddressFamily: UInt8, Hashable, Sendable, CaseIterable {
  case ipv4 = 4
  case ipv6 = 6

  /// How many bits an address has: 32 or 128.
  package var bits: Int { self == .ipv4 ? 32 : 128 }
  /// How many bytes an address has: 4 or 16.
  package var byteCount: Int { bits / 8 }
}

/// An IPv4 or IPv6 address, without a zone.
///
/// Text forms are those of RFC 4291 and RFC 5952; IPv4 is four decimal numbers without leading zeros.
/// An IPv4-mapped IPv6 address (`::ffff:1.2.3.4`) stays IPv6.
package struct IPAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let family: AddressFamily
  /// The address as a number; for IPv4 only the low 32 bits are used.
  package let value: UInt128

  package init(family: AddressFamily, value: UInt128) {
    self.family = family
    self.value = family == .ipv4 ? value & 0xffff_ffff : value
  }

  /// Reads 4 or 16 bytes in network order; nil for any other count.
  package init?(bytes: some Collection<UInt8>) {
    switch bytes.count {
    case 4: family = .ipv4
    case 16: family = .ipv6
    default: return nil
    }
    value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// Parses a textual address; throws `NetworkTypeError.address`.
  package init(_ text: some StringProtocol) throws(NetworkTypeError) {
    guard let parsed = IPAddress(parsing: Array(text.utf8)) else { throw .address(String(text)) }
    self = parsed
  }

  /// The address in network byte order, 4 or 16 bytes.
  package var bytes: [UInt8] {
    (0..<family.byteCount).map { UInt8(truncatingIfNeeded: value >> UInt128(8 * (family.byteCount - 1 - $0))) }
  }

  package var isUnspecified: Bool { value == 0 }
  /// 127.0.0.0/8 or ::1.
  package var isLoopback: Bool { family == .ipv4 ? value >> 24 == 127 : value == 1 }
  /// 224.0.0.0/4 or ff00::/8.
  package var isMulticast: Bool { family == .ipv4 ? value >> 28 == 0xe : value >> 120 == 0xff }
  /// 169.254.0.0/16 or fe80::/10.
  package var isLinkLocal: Bool { family == .ipv4 ? value >> 16 == 0xa9fe : value >> 118 == 0xfe80 >> 6 }

  /// Whether an interface of a Pod can have the address: it is not unspecified, no loopback address, and no multicast address.
  package var isUnicast: Bool { !isUnspecified && !isLoopback && !isMulticast }

  /// The address `offset` after this one; nil past the end of the family.
  package func advanced(by offset: UInt128) -> IPAddress? {
    let (sum, overflow) = value.addingReportingOverflow(offset)
    guard !overflow, family == .ipv6 || sum <= 0xffff_ffff else { return nil }
    return IPAddress(family: family, value: sum)
  }

  /// IPv4 sorts before IPv6, then by number.
  /// Whether it is IPv4 in the form of IPv6, ::ffff:0:0/96. Some programs take it for the IPv4 address.
  package var isIPv4Mapped: Bool { family == .ipv6 && value >> 32 == 0xffff }

  package static func < (a: IPAddress, b: IPAddress) -> Bool {
    (a.family.rawValue, a.value) < (b.family.rawValue, b.value)
  }

  package var description: String { family == .ipv4 ? dotted(UInt32(value)) : IPv6Text.format(value) }
}

/// Formats an IPv4 address.
func dotted(_ v: UInt32) -> String { "\(v >> 24).\(v >> 16 & 255).\(v >> 8 & 255).\(v & 255)" }

extension IPAddress {
  init?(parsing text: [UInt8]) {
    if text.contains(UInt8(ascii: ":")) {
      guard let v = IPv6Text.parse(text) else { return nil }
      self.init(family: .ipv6, value: v)
    } else {
      guard let v = parseDotted(text) else { return nil }
      self.init(family: .ipv4, value: UInt128(v))
    }
  }
}

/// Parses `a.b.c.d`; nil for leading zeros, numbers above 255 and anything else.
func parseDotted(_ text: [UInt8]) -> UInt32? {
  let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard parts.count == 4 else { return nil }
  var value: UInt32 = 0
  for part in parts {
    guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }), part.count == 1 || part.first != 48
    else { return nil }
    let number = part.reduce(0) { $0 * 10 + UInt32($1 - 48) }
    guard number <= 255 else { return nil }
    value = value << 8 | number
  }
  return value
}
