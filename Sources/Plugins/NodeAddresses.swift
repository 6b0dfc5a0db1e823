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
        if let link = try link(of: own) { throw .plugin(NodeOverlap.address(address, link: link.name)) }
      }
    }
    for subnet in bounds.routed {
      for own in try addresses(subnet.family) where own.isOfSubnet && subnet.overlaps(own.cidr) {
        // Bridges of Braid's own are the policy's: validation compares its networks.
        guard let link = try link(of: own), link.group != HostBridge.mark, try !isOwn(link, bounds) else { continue }
        throw .plugin(NodeOverlap.subnet(subnet, own: own.cidr, link: link.name))
      }
    }
  }

  /// The node's addresses of some families.
  package mutating func all(_ families: [AddressFamily]) throws(DelegateError) -> Set<IPAddress> {
    var found: Set<IPAddress> = []
    for family in families { for own in try addresses(family) { found.insert(own.cidr.address) } }
    return found
  }

  /// Link-local IPv6 addresses are left out: every link has one, and no network is routed there.
  private mutating func addresses(_ family: AddressFamily) throws(DelegateError) -> [Address] {
    if let known = known[family] { return known }
    let all = try netlink { () throws(NetlinkError) in try host.route.addresses(family: family) }
      .filter { family == .ipv4 || !$0.cidr.address.isLinkLocal }
    known[family] = all
    return all
  }

  /// Nil if the link has gone in the meantime, and the address with it: another Pod's DEL may remove a bridge.
  private func link(of address: Address) throws(DelegateError) -> Link? {
    try netlink { () throws(NetlinkError) in try host.route.link(index: address.link) }
  }

  /// Whether it is the link that has the network's gateways. The policy may call it by an alternative name.
  private func isOwn(_ link: Link, _ bounds: NodeBounds) throws(DelegateError) -> Bool {
    guard let text = bounds.link, let name = try? InterfaceName(text) else { return false }
    if link.name == text { return true }
    return try netlink { () throws(NetlinkError) in try host.route.link(named: name) }?.index == link.index
  }
}

extension Address {
  /// Whether the node reaches a subnet through it. A single address, as load balancers, tunnels and `ptp` have, only takes itself.
  fileprivate var isOfSubnet: Bool { cidr.prefixLength < cidr.family.bits }
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
        "the subnet \(subnet) overlaps \(own), which the node has on \(link), and would take some of its packets: give the network another "
          + "subnet")
    }
  }
}
