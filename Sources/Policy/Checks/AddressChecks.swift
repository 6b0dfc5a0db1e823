import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension MeaningChecker {
  /// How many pairs of ranges are compared at most. The number of pairs grows with the square of the ranges, and must not hang an
  /// ADD.
  private static let comparisons = 1_000_000

  /// Finds ranges that cannot work, and networks that give the same addresses on one link.
  mutating func checkAddresses() {
    var wires: [String: [AddressPool]] = [:]
    var left = Self.comparisons
    for network in draft.networks {
      let sets = AddressPool.sets(of: network)
      if !sets.isEmpty { self.pools[network.name] = sets }
      let pools = sets.flatMap { $0 }
      for pool in pools { check(pool) }
      guard let wire = network.wire else { continue }
      for pool in pools where left > 0 {
        left -= wires[wire]?.count ?? 0
        if let other = wires[wire]?.first(where: { $0.range.overlaps(pool.range) && $0.network.name != network.name }) {
          report(
            .sharedAddresses,
            "the networks \(quoted(network.name.text)) and \(quoted(other.network.name.text)) give the same addresses on \(quoted(wire))",
            pool.spans.subnet, [.init(other.spans.subnet, "the other range")],
            help: "each network counts its addresses by itself: separate the ranges with rangeStart and rangeEnd")
        }
      }
      wires[wire, default: []] += pools
    }
  }

  private mutating func check(_ pool: AddressPool) {
    let range = pool.range
    var isWhole = true
    for (key, address, span) in [("rangeStart", range.start, pool.spans.start), ("rangeEnd", range.end, pool.spans.end)] {
      guard let address, !range.subnet.contains(address) else { continue }
      report(
        .addressRange, "\(key) \(address) is not in the subnet \(range.subnet.network)", span,
        [.init(pool.spans.subnet, "the subnet")], help: range.extent.map { "write an address from \($0)" })
      isWhole = false
    }
    guard isWhole else { return }
    if let start = range.start, let end = range.end, end < start {
      report(
        .addressRange, "the range ends before it starts", pool.spans.end, [.init(pool.spans.start, "it starts here")],
        help: "swap rangeStart and rangeEnd")
    } else if range.count == 0 {
      report(
        .emptyPool, "the range has no address to give out", pool.spans.subnet,
        help: "the network's own address, the gateway's and the broadcast address are never given out: write a larger subnet")
    }
  }

  /// Checks that a network has the addresses that a rule requests, and enough addresses for one Pod.
  mutating func checkPools(of rule: PolicyDraft.Rule) {
    var uses: [NetworkName: Int] = [:]
    for attach in rule.attach {
      guard let name = attach.network?.value, let sets = pools[name] else { continue }
      for request in attach.options.ips.prefix(64)
      where sets.count <= 1000 {
        let pools = sets.lazy.flatMap { $0 }.filter { $0.range.contains(request.address) }
        let isGateway = pools.contains { $0.range.effectiveGateway == request.address }
        guard isGateway || pools.isEmpty else { continue }
        report(
          .addressOutsidePool,
          "the network \(quoted(name.text)) does not \(isGateway ? "give" : "have") the address \(request.address)",
          Span(rule.file, attach.place(of: "ips")), [.init(sets[0][0].spans.subnet, "the network's addresses")],
          help: isGateway
            ? "it is the gateway's address: write another one" : "write an address of the range, or make the range larger")
      }
      uses[name, default: 0] += 1
      let wanted = UInt128(uses[name] ?? 0)
      // A set of ranges gives one address, which may come from any of its ranges.
      let sizes = sets.map { set in set.reduce(UInt128(0)) { $0.addingReportingOverflow($1.range.count).partialValue } }
      if let least = sizes.min(), least > 0, least < wanted {
        report(
          .poolTooSmall, "one Pod needs \(wanted) addresses of the network \(quoted(name.text)), which has \(least)",
          Span(rule.file, attach.place(of: "network")), [.init(sets[0][0].spans.subnet, "the network's addresses")],
          help: "make the range larger")
      }
    }
  }
}

extension DeclaredRange {
  /// The first and the last address of the subnet that a host can have, for messages.
  fileprivate var extent: String? { whole.first.map { "\($0) to \(whole.last)" } }
}
