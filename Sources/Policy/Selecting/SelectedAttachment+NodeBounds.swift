import CNI
import JSON
import NetworkTypes

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
  package func nodeBounds(asked: [IPAddress] = []) -> NodeBounds {
    guard isRoutedByNode else { return NodeBounds(asked: asked, pooled: pooledFamilies) }
    return NodeBounds(
      gateways: gatewaysOnNode, needsAll: takesAnyAddress, routed: subnets.map(\.cidr), link: makerFacts?.gatewayLink,
      asked: asked, pooled: pooledFamilies)
  }

  /// The same if a rule names the addresses: the policy does not tell their gateways.
  package func nodeBounds(ofRule ips: [AddressRequest], asked: [IPAddress] = []) -> NodeBounds {
    guard isRoutedByNode else { return NodeBounds(asked: asked, pooled: pooledFamilies) }
    let networks = ips.compactMap { ip in ip.prefixLength.flatMap { try? CIDR(ip.address, prefixLength: $0).network } }
    return NodeBounds(
      routed: takesAnyAddress ? networks : subnets.map(\.cidr), link: makerFacts?.gatewayLink, asked: asked,
      pooled: pooledFamilies)
  }

  private var pooledFamilies: [AddressFamily] {
    guard case .pools(let sets) = addressSource else { return [] }
    let families = Set(sets.joined().map(\.range.subnet.family))
    return AddressFamily.allCases.filter(families.contains)
  }

  /// The gateways that the network's own configuration gives the node. Nil if the policy does not tell.
  ///
  /// A bridge has the gateway of the first range of each set, until that range is full.
  fileprivate var gatewaysOnNode: [NodeBounds.Gateway]? {
    guard isRoutedByNode, !hasConventionalAddresses else { return nil }
    let named: [Subnet]
    switch addressSource {
    case .none, .plugin: return nil
    case .fixed: named = subnets
    case .pools(let sets):
      let isBridge = makerFacts?.makesGateway ?? false
      named = sets.flatMap { set in
        set.prefix(isBridge ? 1 : .max).map { Subnet(cidr: $0.range.subnet.network, gateway: $0.range.effectiveGateway) }
      }
    }
    return named.compactMap { subnet in subnet.gateway.map { .init($0, of: subnet.cidr) } }
  }

  /// Whether the chain's own `args.cni` names addresses, which replace those of `ipam`.
  private var hasConventionalAddresses: Bool {
    chain.contains { entry in
      let cni = entry.configuration.value(named: "args")?.object?.value(named: "cni")?.object
      return cni.map { !$0.requestedAddresses.isEmpty } ?? false
    }
  }
}

extension JSONObject {
  /// The addresses of `ips` in `args.cni`.
  fileprivate var requestedAddresses: [IPAddress] {
    (value(named: "ips")?.array ?? []).compactMap { item in item.string.flatMap { try? AddressRequest($0) }?.address }
  }
}
