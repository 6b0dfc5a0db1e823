import CNI
import Diagnostics
import JSON
import NetworkTypes

/// One range of addresses that a network's `host-local` gives out, as far as its configuration can be read.
package struct AddressPool {
  package let network: Network
  package let subnet: CIDR
  package let start: IPAddress?
  package let end: IPAddress?
  package let gateway: IPAddress?
  /// The place of each of its keys.
  let spans: Spans

  struct Spans {
    let subnet: Span
    let start: Span
    let end: Span
    let gateway: Span
  }

  /// The first address that is given out. Without `rangeStart` the one after the network's own.
  package var first: IPAddress? { start ?? subnet.network.address.advanced(by: 1) }

  /// The last address that is given out. Without `rangeEnd` the last of the subnet; for IPv4 the one before the broadcast address.
  package var last: IPAddress {
    if let end { return end }
    let last = subnet.last
    return subnet.family == .ipv4 && last.value > 0 ? IPAddress(family: .ipv4, value: last.value - 1) : last
  }

  /// The address of the gateway, which nobody else gets. Without `gateway` the one after the network's own.
  var effectiveGateway: IPAddress? { gateway ?? subnet.network.address.advanced(by: 1) }

  /// How many addresses can be given out: the gateway's is not.
  package var count: UInt128 {
    guard let first, first <= last, subnet.contains(first), subnet.contains(last) else { return 0 }
    let holdsGateway = effectiveGateway.map { contains($0) } ?? false
    let size = last.value - first.value
    return holdsGateway ? size : size == .max ? size : size + 1
  }

  func contains(_ address: IPAddress) -> Bool {
    guard let first, address.family == subnet.family else { return false }
    return first <= address && address <= last
  }

  func overlaps(_ other: AddressPool) -> Bool {
    guard let first, let otherFirst = other.first, subnet.family == other.subnet.family else { return false }
    return first <= other.last && otherFirst <= last
  }
}

extension AddressPool {
  /// The sets of ranges of a network, each giving one address; what cannot be read is left to the delegate to refuse.
  package static func sets(of network: Network) -> [[AddressPool]] {
    network.chain.flatMap { entry -> [[AddressPool]] in
      guard entry.ipamType == "host-local", let ipam = entry.configuration.value(named: "ipam")?.object else { return [] }
      let path = ConfigurationError.KeyPath("ipam")
      var sets: [[AddressPool]] = []
      if let single = pool(ipam, path, network, entry) { sets.append([single]) }
      for (i, set) in (ipam.value(named: "ranges")?.array ?? []).enumerated() {
        let pools = (set.array ?? []).enumerated().compactMap { (j, range) in
          range.object.flatMap { pool($0, path.appending("ranges").appending(i).appending(j), network, entry) }
        }
        if !pools.isEmpty { sets.append(pools) }
      }
      return sets
    }
  }

  private static func pool(
    _ range: JSONObject, _ path: ConfigurationError.KeyPath, _ network: Network, _ entry: ChainEntry
  ) -> AddressPool? {
    func address(_ key: String) -> IPAddress? { range.value(named: key)?.string.flatMap { try? IPAddress($0) } }
    guard let subnet = range.value(named: "subnet")?.string.flatMap({ try? CIDR($0) }) else { return nil }
    func span(_ key: String) -> Span { entry.span(of: path.appending(key)) }
    return AddressPool(
      network: network, subnet: subnet, start: address("rangeStart"), end: address("rangeEnd"), gateway: address("gateway"),
      spans: Spans(subnet: span("subnet"), start: span("rangeStart"), end: span("rangeEnd"), gateway: span("gateway")))
  }
}
