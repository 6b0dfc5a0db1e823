import CNI
import Diagnostics
import NetworkTypes

/// Why an ADD would certainly fail, although each key of the configuration is valid by itself. Finding out needs no node.
package enum AttachmentProblem: Error, Equatable, Sendable {
  package typealias KeyPath = ConfigurationError.KeyPath

  /// The requested address is the gateway's own. Sets of ranges are counted from 0.
  case gatewayRequested(IPAddress, set: Int, KeyPath)
  /// Two requested addresses belong to one set, which gives only one.
  case secondOfSet(IPAddress, after: IPAddress, KeyPath)
  /// No range has these requested addresses.
  case outsideRanges([IPAddress], KeyPath)
  /// The IPAM plugin of this type has no address to give.
  case noAddress(ipam: String)
  /// The interface cannot have this address.
  case address(CIDR, AddressRule, KeyPath)
  /// The kernel refuses the route to `to`.
  case nextHop(IPAddress, to: CIDR, NextHopRule, KeyPath)
  /// `ptp`: the address has no gateway of its family.
  case noGateway(CIDR)
  /// `ptp`: the gateway is the Pod's own address.
  case ownGateway(IPAddress)
  /// `bridge`: the bridge can have only one of these gateways.
  case severalGateways(IPAddress, IPAddress, bridge: String)
  /// The node would get a gateway for a network, or a route to it, that the policy does not name. The policy's networks follow.
  case otherNetwork(CIDR, [CIDR])
  /// The node would get another gateway than the one that the policy names.
  case otherGateway(IPAddress, IPAddress)
  /// The MTU is too small for IPv6, which the address or route needs.
  case mtuBelowIPv6(MTU, CIDR)
  /// The traffic of the interface cannot be limited, because the plugin of this type makes one without an end on the node.
  case noNodeEnd(String, KeyPath)

  /// The rule that an address of an interface breaks.
  package enum AddressRule: Equatable, Sendable { case doubled, unspecified, loopback, multicast }

  /// The rule that a next hop breaks.
  package enum NextHopRule: Equatable, Sendable {
    case otherFamily
    /// No address and no earlier route leads to it.
    case unreachable
    /// A later route in the list would lead to it.
    case reachedTooLate
    /// A route of link or host scope has no next hop.
    case scope
    case notUnicast
  }

  /// The key at fault; empty if no single one is.
  package var path: KeyPath {
    switch self {
    case .gatewayRequested(_, _, let path), .secondOfSet(_, _, let path), .outsideRanges(_, let path), .address(_, _, let path),
      .nextHop(_, _, _, let path), .noNodeEnd(_, let path):
      path
    case .noAddress, .noGateway, .ownGateway, .severalGateways, .otherNetwork, .otherGateway: .init("ipam")
    case .mtuBelowIPv6: .init("mtu")
    }
  }
}

extension AttachmentProblem {
  /// The answer of an ADD. It begins with the reference plugin's words, which users know, if that plugin refuses the same.
  var object: ErrorObject {
    switch self {
    case .gatewayRequested(let address, let set, _):
      ErrorObject(.invalidEnvironment, "failed to allocate for range \(set): requested ip \(address) is subnet's gateway")
    case .secondOfSet, .outsideRanges:
      ErrorObject(.invalidEnvironment, "failed to allocate all requested IPs: \(text)")
    case .otherNetwork, .otherGateway: ErrorObject(.invalidEnvironment, text)
    case .noAddress: ErrorObject(.invalidConfiguration, "IPAM plugin returned missing IP config: \(text)")
    case .address, .nextHop, .noGateway, .ownGateway, .severalGateways, .mtuBelowIPv6, .noNodeEnd:
      ErrorObject(.invalidConfiguration, text)
    }
  }

  /// One sentence without a full stop.
  package var text: String {
    switch self {
    case .gatewayRequested(let address, _, _): "\(address) is the gateway's address"
    case .secondOfSet(let address, let first, _):
      "\(address) and \(first) belong to one set of ranges, which gives an interface only one address"
    case .outsideRanges(let addresses, _):
      "no range has \(addresses.map(\.description).joined(separator: " and "))"
    case .noAddress(let type): "\(type) has no address to give, and nobody asks for one"
    case .address(let address, .doubled, _): "the address \(address.address) is there twice"
    case .address(let address, .unspecified, _): "\(address) stands for no address, so no interface can have it"
    case .address(let address, .loopback, _): "\(address) is a loopback address, which only lo can have"
    case .address(let address, .multicast, _): "\(address) is a multicast address, which no interface can have"
    case .nextHop(let gateway, let to, .otherFamily, _):
      "the next hop \(gateway) of the route to \(to) is of the other address family"
    case .nextHop(let gateway, let to, .unreachable, _):
      "no address of the network reaches the next hop \(gateway) of the route to \(to)"
    case .nextHop(let gateway, let to, .reachedTooLate, _):
      "the route to \(to) needs a later route, which leads to its next hop \(gateway)"
    case .nextHop(let gateway, let to, .scope, _):
      "the route to \(to) has the scope of a link, so it cannot have the next hop \(gateway)"
    case .nextHop(let gateway, let to, .notUnicast, _): "\(gateway) cannot be the next hop of the route to \(to)"
    case .noGateway(let address): "no gateway found for \(address): ptp needs one of the same family"
    case .ownGateway(let gateway): "gateway \(gateway) is the container's own address: ptp needs another one"
    case .severalGateways(let first, let second, let bridge):
      "\(quoted(bridge)) can have only one of the gateways \(first) and \(second)"
    case .otherNetwork(let address, []):
      "the policy names no network for \(address), and the node would get a route to it: write an address of the network into ipam"
    case .otherNetwork(let address, let networks):
      "\(address) is not an address of the policy's networks (\(networks.map(\.description).joined(separator: ", "))), and the node would "
        + "get a route to it"
    case .otherGateway(let gateway, let own):
      "\(gateway) cannot be the gateway: the node's address in this network is \(own), as the policy says"
    case .mtuBelowIPv6(let mtu, let address):
      "an interface with an MTU of \(mtu) bytes has no IPv6, which \(address) needs: IPv6 wants 1280 or more"
    case .noNodeEnd(let maker, _):
      "the node limits traffic at its own end of an interface, and an interface of \(maker) has none there"
    }
  }
}
