import CNI
import JSON
import NetworkTypes
import PluginModel

extension SelectedAttachment {
  /// What the attachment may change on the node. `asked` are the addresses that the runtime asks for.
  package func nodeBounds(asked: [IPAddress]) -> NodeBounds {
    switch origin {
    case .request: network.nodeBounds(asked: asked + options.ips.map(\.address) + options.arguments.requestedAddresses)
    case .rule:
      options.ips.isEmpty && options.arguments.requestedAddresses.isEmpty
        ? network.nodeBounds(asked: asked) : network.nodeBounds(ofRule: options.ips, asked: asked)
    }
  }
}

extension Network {
  /// What an attachment may change on the node if the network's own configuration names its addresses.
  package func nodeBounds(asked: [IPAddress] = []) -> NodeBounds { NodeSide(self).bounds(asked) }

  /// The same if a rule names the addresses: the policy does not tell their gateways.
  package func nodeBounds(ofRule ips: [AddressRequest], asked: [IPAddress] = []) -> NodeBounds {
    NodeSide(self).bounds(ofRule: ips, asked)
  }

  /// Whether the chain's own `args.cni` names addresses, which replace those of `ipam`.
  fileprivate var hasConventionalAddresses: Bool {
    chain.contains { entry in
      let cni = entry.configuration.value(named: "args")?.object?.value(named: "cni")?.object
      return cni.map { !$0.requestedAddresses.isEmpty } ?? false
    }
  }
}

/// What a network means to the node. Its facts are read from the configuration once, because an ADD needs them for each attachment.
private struct NodeSide {
  private let network: Network
  private let maker: PluginFacts?
  private let source: Network.AddressSource

  init(_ network: Network) { (self.network, maker, source) = (network, network.makerFacts, network.addressSource) }

  func bounds(_ asked: [IPAddress]) -> NodeBounds {
    guard let maker, maker.isRoutedByNode else { return NodeBounds(asked: asked, pooled: pooledFamilies) }
    let subnets = Network.subnets(source, maker)
    return NodeBounds(
      gateways: gateways(maker, subnets), needsAll: isFixed, routed: subnets.map(\.cidr), link: maker.gatewayLink, asked: asked,
      pooled: pooledFamilies)
  }

  func bounds(ofRule ips: [AddressRequest], _ asked: [IPAddress]) -> NodeBounds {
    guard let maker, maker.isRoutedByNode else { return NodeBounds(asked: asked, pooled: pooledFamilies) }
    let networks = ips.compactMap { ip in ip.prefixLength.flatMap { try? CIDR(ip.address, prefixLength: $0).network } }
    return NodeBounds(
      routed: isFixed ? networks : Network.subnets(source, maker).map(\.cidr), link: maker.gatewayLink, asked: asked,
      pooled: pooledFamilies)
  }

  private var isFixed: Bool { if case .fixed = source { true } else { false } }

  private var pooledFamilies: [AddressFamily] {
    guard case .pools(let sets) = source else { return [] }
    let families = Set(sets.joined().map(\.range.subnet.family))
    return AddressFamily.allCases.filter(families.contains)
  }

  /// The gateways that the network's own configuration gives the node. Nil if the policy does not tell.
  ///
  /// A bridge has the gateway of the first range of each set, until that range is full.
  private func gateways(_ maker: PluginFacts, _ subnets: [Network.Subnet]) -> [NodeBounds.Gateway]? {
    guard !network.hasConventionalAddresses else { return nil }
    let named: [Network.Subnet]
    switch source {
    case .none, .plugin: return nil
    case .pools(let sets) where maker.makesGateway: named = sets.compactMap { $0.first.map(Network.Subnet.init) }
    case .pools, .fixed: named = subnets
    }
    return named.compactMap { subnet in subnet.gateway.map { .init($0, of: subnet.cidr) } }
  }
}

extension JSONObject {
  /// The addresses of `ips` in `args.cni` or `runtimeConfig`.
  package var requestedAddresses: [IPAddress] {
    (value(named: "ips")?.array ?? []).compactMap { item in item.string.flatMap { try? AddressRequest($0) }?.address }
  }
}
