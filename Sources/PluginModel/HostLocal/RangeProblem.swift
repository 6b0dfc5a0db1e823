import NetworkTypes

/// What is wrong with a range or with a set of ranges.
package enum RangeProblem: Equatable, Sendable {
  case empty
  case noSubnet
  case tooSmall(CIDR)
  case hostBits(CIDR)
  case startOutside(IPAddress, CIDR)
  case endOutside(IPAddress, CIDR)
  case reversed(IPAddress, IPAddress, CIDR)
  case mixedFamilies
  case overlap(String, String)
}

extension RangeProblem {
  /// The reference plugin's own words, which its users know.
  var text: String {
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

/// A `RangeProblem` whose set is not known yet. The caller turns it into `PluginConfigurationError.rangeSet`.
package struct RangeFailure: Error, Equatable {
  package let problem: RangeProblem
  package init(_ problem: RangeProblem) { self.problem = problem }
}
