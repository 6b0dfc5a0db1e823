import CNI
import Netlink
import NetworkTypes

/// The node's own addresses, to find networks that they contradict. Each family is listed at most once.
package struct NodeAddresses {
  private let host: NodeNamespace
  private var known: [AddressFamily: [Address]] = [:]

  package init(_ node: Node) { host = node.host }

  /// Throws `NodeOverlap` if another link of the node has a part of the network's subnets, or the node one of the requested
  /// addresses.
  package mutating func check(_ bounds: NodeBounds) throws(DelegateError) {
    for address in bounds.asked {
      for own in try addresses(address.family) where own.cidr.address == address {
        if let link = try name(of: own) { throw .plugin(NodeOverlap.address(address, link: link)) }
      }
    }
    for subnet in bounds.routed {
      for own in try addresses(subnet.family) where subnet.overlaps(own.cidr) && !bounds.isGateway(own.cidr) {
        guard let link = try name(of: own), bounds.link != link else { continue }
        throw .plugin(NodeOverlap.subnet(subnet, own: own.cidr, link: link))
      }
    }
  }

  /// Link-local IPv6 addresses are left out: every link has one, and no network is routed there.
  private mutating func addresses(_ family: AddressFamily) throws(DelegateError) -> [Address] {
    if let known = known[family] { return known }
    let all = try netlink { () throws(NetlinkError) in try host.route.addresses(family) }
      .filter { family == .ipv4 || !$0.cidr.address.isLinkLocal }
    known[family] = all
    return all
  }

  /// Nil if the link has gone in the meantime, and the address with it: another Pod's DEL may remove a bridge.
  private func name(of address: Address) throws(DelegateError) -> String? {
    try netlink { () throws(NetlinkError) in try host.route.link(index: address.link) }?.name
  }
}

extension NodeBounds {
  /// Whether it is a gateway without a subnet, as `ptp` gives it to the node's end of each pair.
  fileprivate func isGateway(_ cidr: CIDR) -> Bool {
    guard link == nil, cidr.prefixLength == cidr.family.bits else { return false }
    return gateways?.contains { $0.address == cidr.address } ?? true
  }
}

/// A contradiction between a network and the node's own addresses.
package enum NodeOverlap: PluginFailure, Equatable {
  /// The node has the address that somebody asks for.
  case address(IPAddress, link: String)
  /// Another link of the node has a part of the subnet.
  case subnet(CIDR, own: CIDR, link: String)

  package var object: ErrorObject {
    switch self {
    case .address(let address, let link):
      ErrorObject(.invalidEnvironment, "the address \(address) cannot be asked for: the node has it on \(link)")
    case .subnet(let subnet, let own, let link):
      ErrorObject(
        .invalidConfiguration,
        "the subnet \(subnet) overlaps \(own), which the node has on \(link): the node could not reach both. Give the network another subnet"
      )
    }
  }
}
