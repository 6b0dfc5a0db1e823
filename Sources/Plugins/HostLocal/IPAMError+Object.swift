import CNI
import IPAM

extension IPAMError: PluginFailure {
  /// A pool that is full now may have room later.
  package var object: ErrorObject {
    switch self {
    case .configuration(.missing(.init("ipam"))): ErrorObject(.invalidConfiguration, "IPAM config missing 'ipam' key")
    case .configuration(let error): ErrorObject(error)
    case .protocol(let error): ErrorObject(error)
    case .system(let error): ErrorObject(error)
    case .rangeSet(let set, let problem): ErrorObject(.invalidConfiguration, "invalid range set \(set): \(problem.text)")
    case .overlap(let a, let b): ErrorObject(.invalidConfiguration, "range set \(a) overlaps with \(b)")
    case .noRanges: ErrorObject(.invalidConfiguration, "no IP ranges specified")
    case .severalAddresses(let version): ErrorObject(ResultError.severalAddresses(version))
    case .exhausted(let full):
      ErrorObject(
        .tryAgainLater, "failed to allocate for range \(full.set): no IP addresses available in range set: \(full.ranges)",
        details: full.details)
    case .requested(let set, let address, .gateway):
      ErrorObject(.invalidEnvironment, "failed to allocate for range \(set): requested ip \(address) is subnet's gateway")
    case .requested(let set, let address, .taken(let ranges)):
      ErrorObject(
        .tryAgainLater,
        "failed to allocate for range \(set): requested IP address \(address) is not available in range set \(ranges)")
    case .unmatched(let addresses):
      ErrorObject(
        .invalidEnvironment, "failed to allocate all requested IPs: \(addresses.map(\.description).joined(separator: " "))")
    case .duplicate(let set, let owner, let address):
      ErrorObject(
        .invalidEnvironment,
        "failed to allocate for range \(set): \(address) has been allocated to \(owner.containerID), duplicate allocation is not allowed"
      )
    case .notReserved(let id): ErrorObject(.unknownContainer, "host-local: Failed to find address added by container \(id)")
    case .lost(let address, let id):
      ErrorObject(.unknownContainer, "host-local: \(address) is not reserved for container \(id)")
    case .resolvConf(let error): ErrorObject(.io, error.description)
    case .staticAddress(_, let reason): ErrorObject(.invalidEnvironment, reason)
    case .noPrevResult: ErrorObject(.invalidConfiguration, "Required prevResult missing")
    case .checkMismatch(let address, let name):
      ErrorObject(.io, "static: Failed to match addr \(address) on interface \(name)")
    }
  }

  /// The reference plugin's text where it differs.
  package var referenceText: String? {
    switch self {
    case .configuration(.invalid(_, let reason)): reason
    case .rangeSet(let set, .reversed(let start, _, let subnet)):
      "invalid range set \(set): RangeStart \(start) not in network \(subnet)"
    case .rangeSet(let set, .noSubnet): "invalid range set \(set): IP <nil> not v4 nor v6"
    // Suites compare the whole text, details included.
    case .exhausted: object.msg
    case .resolvConf(.call(let call, let path, let errno)):
      "\(call == .openat ? "open" : call.rawValue) \(path): \(errno.description.lowercased())"
    default: nil
    }
  }

  package var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error): error.path
    case .rangeSet(let set, _), .overlap(_, let set): .init("ipam").appending("ranges").appending(set)
    case .noRanges: .init("ipam")
    case .staticAddress: .init("ipam", "addresses")
    default: .init()
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
