import NetworkTypes

/// What one attachment may change on the node beside its own link. The engine takes it from the policy: a Pod's or a runtime's wish must
/// not decide about the node.
package struct NodeBounds: Hashable, Sendable {
  /// The gateways of the network that the node may have. Nil if the policy does not tell.
  package let gateways: [Gateway]?
  /// Whether the node gets all of these gateways, whichever addresses the attachment has.
  package let needsAll: Bool
  /// The subnets to which the node gets routes. No other link of the node may have them.
  package let routed: [CIDR]
  /// The link of the node that has these subnets. Nil if it is the attachment's own.
  package let link: String?
  /// The addresses that somebody else than the policy asks for.
  package let asked: [IPAddress]
  /// The families of the addresses that a pool of the node gives.
  package let pooled: [AddressFamily]
  /// The node's own addresses of these families. A pool gives none of them.
  package var ofNode: Set<IPAddress> = []

  /// The node's own address in a network. It may lie outside of it.
  package struct Gateway: Hashable, Sendable {
    /// Without host bits.
    package let network: CIDR
    package let address: IPAddress

    package init(_ address: IPAddress, of network: CIDR) { (self.network, self.address) = (network, address) }

    /// The gateway with the network's prefix length. Nil for a gateway of the other family.
    package var cidr: CIDR? { try? CIDR(address, prefixLength: network.prefixLength) }
  }

  package init(
    gateways: [Gateway]? = nil, needsAll: Bool = false, routed: [CIDR] = [], link: String? = nil, asked: [IPAddress] = [],
    pooled: [AddressFamily] = []
  ) {
    (self.gateways, self.needsAll, self.routed, self.link) = (gateways, needsAll, routed, link)
    (self.asked, self.pooled) = (asked, pooled)
  }

  /// The same, if somebody whom the policy trusts names the ranges of the addresses, and with them the gateways.
  package var withoutGateways: NodeBounds {
    NodeBounds(routed: routed, link: link, asked: asked, pooled: pooled)
  }

  /// The gateway of an address's network. Nil if the policy names none.
  package func gateway(of address: CIDR) -> IPAddress? { gateways?.first { $0.network == address.network }?.address }
}
