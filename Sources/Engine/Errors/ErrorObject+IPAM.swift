import CNI
import IPAM

extension ErrorObject {
  /// The code that fits an IPAM failure; a pool that is full now may have room later.
  init(_ error: IPAMError) {
    switch error {
    case .configuration(.missing(.init("ipam"))): self.init(.invalidConfiguration, "IPAM config missing 'ipam' key")
    case .configuration(let error): self.init(error)
    case .protocol(let error): self.init(error)
    case .system(let error): self.init(Self.code(error), error.description)
    case .rangeSet(let set, let problem): self.init(.invalidConfiguration, "invalid range set \(set): \(problem.text)")
    case .overlap(let a, let b): self.init(.invalidConfiguration, "range set \(a) overlaps with \(b)")
    case .noRanges: self.init(.invalidConfiguration, "no IP ranges specified")
    case .severalAddresses(let version): self.init(ResultError.severalAddresses(version))
    case .exhausted(let full):
      self.init(
        .tryAgainLater, "failed to allocate for range \(full.set): no IP addresses available in range set: \(full.ranges)",
        details: full.details)
    case .requested(let set, let address, .gateway):
      self.init(.invalidEnvironment, "failed to allocate for range \(set): requested ip \(address) is subnet's gateway")
    case .requested(let set, let address, .taken(let ranges)):
      self.init(
        .tryAgainLater,
        "failed to allocate for range \(set): requested IP address \(address) is not available in range set \(ranges)")
    case .unmatched(let addresses):
      self.init(
        .invalidEnvironment, "failed to allocate all requested IPs: \(addresses.map(\.description).joined(separator: " "))")
    case .duplicate(let set, let owner, let address):
      self.init(
        .invalidEnvironment,
        "failed to allocate for range \(set): \(address) has been allocated to \(owner.containerID), duplicate allocation is not allowed"
      )
    case .notReserved(let id): self.init(.unknownContainer, "host-local: Failed to find address added by container \(id)")
    case .lost(let address, let id):
      self.init(.unknownContainer, "host-local: \(address) is not reserved for container \(id)")
    case .resolvConf(let error): self.init(.io, error.description)
    case .staticAddress(_, let reason): self.init(.invalidEnvironment, reason)
    case .noPrevResult: self.init(.invalidConfiguration, "Required prevResult missing")
    case .checkMismatch(let address, let name):
      self.init(.io, "static: Failed to match addr \(address) on interface \(name)")
    }
  }
}

extension Exhaustion {
  /// How many, and whom to ask.
  fileprivate var details: String {
    let count = "\(capacity) address\(capacity == 1 ? "" : "es") in all"
    guard let oldest else { return count }
    return "\(count); \(oldest.address) has been reserved longest, by \(oldest.owner), since \(oldest.since) (seconds since 1970)"
  }
}

extension RangeProblem {
  fileprivate var text: String {
    switch self {
    case .empty: "empty range set"
    case .noSubnet: "a range needs a subnet"
    case .tooSmall(let subnet): "Network \(subnet) too small to allocate from"
    case .hostBits(let subnet):
      "Network has host bits set. For a subnet mask of length \(subnet.prefixLength) the network address is \(subnet.network.address)"
    case .startOutside(let address, let subnet): "RangeStart \(address) not in network \(subnet)"
    case .endOutside(let address, let subnet): "RangeEnd \(address) not in network \(subnet)"
    case .reversed(let start, let end, _): "RangeStart \(start) is after RangeEnd \(end)"
    case .mixedFamilies: "mixed address families"
    case .overlap(let a, let b): "subnets \(a) and \(b) overlap"
    }
  }
}
