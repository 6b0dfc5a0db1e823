import CNI
import JSON
import NetworkTypes

/// One range of addresses of an IPAM plugin, as its configuration declares it. The range may be invalid: `AddressRange` is the
/// checked one.
package struct DeclaredRange: Sendable {
  package let subnet: CIDR
  package let start: IPAddress?
  package let end: IPAddress?
  package let gateway: IPAddress?
  /// Where the range's keys stand, for findings.
  package let keys: Keys

  /// The paths of a range's keys.
  package struct Keys: Sendable {
    package let subnet: ConfigurationError.KeyPath
    package let start: ConfigurationError.KeyPath
    package let end: ConfigurationError.KeyPath
    package let gateway: ConfigurationError.KeyPath
  }

  /// The first address that the plugin gives out. Default: the one after the network address.
  package var first: IPAddress? { start ?? subnet.network.address.advanced(by: 1) }

  /// The last address that the plugin gives out. Default: the last of the subnet, or for IPv4 the one before the broadcast
  /// address.
  package var last: IPAddress {
    if let end { return end }
    let last = subnet.last
    return subnet.family == .ipv4 && last.value > 0 ? IPAddress(family: .ipv4, value: last.value - 1) : last
  }

  /// The gateway's address, which the plugin never gives out. Default: the one after the network address.
  package var effectiveGateway: IPAddress? { gateway ?? subnet.network.address.advanced(by: 1) }

  /// How many addresses the plugin can give out, which excludes the gateway's. 0 for an invalid range.
  package var count: UInt128 {
    guard let first, first <= last, subnet.contains(first), subnet.contains(last) else { return 0 }
    let holdsGateway = effectiveGateway.map { contains($0) } ?? false
    let size = last.value - first.value
    return holdsGateway ? size : size == .max ? size : size + 1
  }

  package func contains(_ address: IPAddress) -> Bool {
    guard let first, address.family == subnet.family else { return false }
    return first <= address && address <= last
  }

  package func overlaps(_ other: DeclaredRange) -> Bool {
    guard let first, let otherFirst = other.first, subnet.family == other.subnet.family else { return false }
    return first <= other.last && otherFirst <= last
  }

  /// The whole subnet as a range.
  package var whole: DeclaredRange { DeclaredRange(subnet: subnet, start: nil, end: nil, gateway: nil, keys: keys) }
}

extension DeclaredRange {
  /// Reads a range from the object at the path. Nil without a readable subnet.
  init?(_ range: JSONObject, at path: ConfigurationError.KeyPath) {
    guard let subnet = range.value(named: "subnet")?.string.flatMap({ try? CIDR($0) }) else { return nil }
    self.init(
      subnet: subnet, start: range.address("rangeStart"), end: range.address("rangeEnd"), gateway: range.address("gateway"),
      keys: Keys(
        subnet: path.appending("subnet"), start: path.appending("rangeStart"), end: path.appending("rangeEnd"),
        gateway: path.appending("gateway")))
  }
}
