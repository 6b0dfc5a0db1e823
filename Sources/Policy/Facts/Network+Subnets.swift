import NetworkTypes
import PluginModel

extension Network {
  /// A subnet that the network's own configuration names, with the gateway that Pods must not have.
  package struct Subnet: Hashable, Sendable {
    /// Without host bits.
    package let cidr: CIDR
    package let gateway: IPAddress?

    init(cidr: CIDR, gateway: IPAddress?) { (self.cidr, self.gateway) = (cidr, gateway) }

    init(_ pool: AddressPool) { self.init(cidr: pool.range.subnet.network, gateway: pool.range.effectiveGateway) }
  }

  /// The subnets of the network's `ipam`. Empty if the policy names none, or if Braid does not know the plugin.
  package var subnets: [Subnet] { Self.subnets(addressSource, makerFacts) }

  static func subnets(_ source: AddressSource, _ maker: PluginFacts?) -> [Subnet] {
    switch source {
    case .none, .plugin: []
    case .pools(let sets): sets.joined().map(Subnet.init)
    case .fixed(let addresses):
      addresses.map { address in
        let made = maker?.makesGateway == true ? address.cidr.network.address.advanced(by: 1) : nil
        return Subnet(cidr: address.cidr.network, gateway: address.gateway ?? made)
      }
    }
  }

  /// Whether the addresses that Pods ask for replace those of the configuration, as with `static`.
  var takesAnyAddress: Bool { if case .fixed = addressSource { true } else { false } }

  /// Whether an address of the network changes the node: a bridge gets its gateway, the node a route to it.
  package var isRoutedByNode: Bool { makerFacts?.isRoutedByNode ?? false }
}

extension PluginFacts {
  var isRoutedByNode: Bool { makesGateway || routesToGateway }
}

extension Network.Subnet {
  /// Why no Pod can have the address; nil if it can.
  func reservation(of address: IPAddress) -> RequestRefusal.Reserved? {
    guard address.family == cidr.family else { return nil }
    if address == gateway { return .gateway }
    guard cidr.contains(address), cidr.family.bits - cidr.prefixLength >= 2 else { return nil }
    if address == cidr.network.address { return .network(cidr) }
    return cidr.family == .ipv4 && address == cidr.last ? .broadcast(cidr) : nil
  }
}
