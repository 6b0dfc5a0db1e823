import NetworkTypes

/// Consecutive addresses of one subnet from which `host-local` gives out single ones.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  package let subnet: CIDR
  package let first: IPAddress
  package let last: IPAddress
  /// Never given out. It may lie outside the range and even outside the subnet.
  package let gateway: IPAddress

  /// Checks a configured range and fills in the defaults: from the first host to the last, without network and broadcast address.
  package init(subnet: CIDR, start: IPAddress? = nil, end: IPAddress? = nil, gateway: IPAddress? = nil) throws(RangeFailure) {
    guard subnet.family.bits - subnet.prefixLength >= 2 else { throw RangeFailure(.tooSmall(subnet)) }
    guard subnet.network == subnet else { throw RangeFailure(.hostBits(subnet)) }
    if let start, !subnet.contains(start) { throw RangeFailure(.startOutside(start, subnet)) }
    if let end, !subnet.contains(end) { throw RangeFailure(.endOutside(end, subnet)) }
    let one = IPAddress(family: subnet.family, value: subnet.address.value + 1)
    let highest = subnet.family == .ipv4 ? IPAddress(family: .ipv4, value: subnet.last.value - 1) : subnet.last
    let (first, last) = (start ?? one, end ?? highest)
    guard first <= last else { throw RangeFailure(.reversed(first, last, subnet)) }
    (self.subnet, self.first, self.last, self.gateway) = (subnet, first, last, gateway ?? one)
  }

  package func contains(_ address: IPAddress) -> Bool { address.family == first.family && first <= address && address <= last }

  package func overlaps(_ other: AddressRange) -> Bool {
    first.family == other.first.family && first <= other.last && other.first <= last
  }

  /// How many addresses the range can give out, at most 2^128 - 1.
  package var capacity: UInt128 {
    let span = last.value - first.value
    return contains(gateway) || span == .max ? span : span + 1
  }

  /// An address of the range with its subnet's prefix length.
  package func cidr(_ address: IPAddress) -> CIDR {
    guard let cidr = try? CIDR(address, prefixLength: subnet.prefixLength) else {
      preconditionFailure("the families are the same")
    }
    return cidr
  }

  package var description: String { "\(first)-\(last)" }
}
