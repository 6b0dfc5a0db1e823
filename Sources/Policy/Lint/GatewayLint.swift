import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// Finds gateways that the Pods cannot reach.
  mutating func checkGateways(of network: Network) {
    for pool in AddressPool.sets(of: network).joined() {
      guard let gateway = pool.range.gateway else { continue }
      check(gateway, of: pool.range.subnet.network, network, pool.spans.gateway, pool.spans.subnet)
    }
    for entry in network.chain {
      guard case .fixed(let addresses, _)? = entry.ipamFacts?.addresses else { continue }
      for address in addresses {
        guard let gateway = address.gateway else { continue }
        let span = entry.ipamSpan(of: address.gatewayKey)
        check(gateway, of: address.cidr.network, network, span, entry.ipamSpan(of: address.addressKey))
      }
    }
  }

  private mutating func check(_ gateway: IPAddress, of subnet: CIDR, _ network: Network, _ span: Span, _ subnetSpan: Span) {
    guard !subnet.contains(gateway) else { return }
    let isOther = gateway.family != subnet.family
    let isRouted =
      network.makerFacts?.routesToGateway == true
      || network.chain.contains { $0.ipamFacts?.onLinkRoutes.contains { $0.contains(gateway) } ?? false }
    guard isOther || !isRouted else { return }
    outsideGateways[network.name, default: []].insert(gateway)
    // A plugin that Braid does not know may lead to the gateway in its own way.
    let isKnown = network.chain.first.map { Plugin.named($0.type) != nil } ?? true
    let example = subnet.network.address.advanced(by: 1).map { ", such as \($0)" } ?? ""
    findings.append(
      Diagnostic(
        .gatewayOutside,
        "the gateway \(gateway) is not \(isOther ? "of the same address family as" : "in") the subnet \(subnet)", at: span,
        secondary: [.init(subnetSpan, "the subnet")],
        help: "write an address of the subnet\(example)" + (isOther ? "" : ": a Pod needs an extra route to reach this one"),
        severity: isKnown ? .error : .warning))
  }

  /// Finds rules whose Pods have a gateway in their first network and no default route.
  mutating func checkDefaultGateway(of rule: PolicyDraft.Rule) {
    guard let first = rule.attach.first, !first.refusesDefaultRoute, let name = first.network, let network = networks[name.value],
      rule.attach.allSatisfy({ $0.defaultRoute?.value.families.isEmpty ?? true }),
      network.makerFacts?.gatewayLink != nil, network.broughtDefaultRoutes?.isEmpty == true, network.families?.isEmpty == false
    else { return }
    report(
      .gatewayWithoutRoute, "the network \(quoted(name.value.text)) has a gateway, but gives the Pod no default route",
      Span(rule.file, name.range), [.init(network.chain[0].span(of: .init("isGateway")), "the gateway")],
      help: "write isDefaultGateway: true in the network, or defaultRoute: false here if the Pod needs none")
  }

  /// Finds networks that put different gateways on one bridge.
  mutating func checkBridgeGateways() {
    var taken: [String: [(gateway: CIDR, network: Network)]] = [:]
    for network in draft.networks.prefix(Self.comparedNetworks) {
      guard let link = network.makerFacts?.gatewayLink else { continue }
      let gateways = network.gateways
      let other = taken[link]?.first { other in gateways.contains { $0.excludes(other.gateway) } }
      if let other, let gateway = gateways.first(where: { $0.excludes(other.gateway) }) {
        report(
          .severalGateways,
          "the networks \(quoted(other.network.name.text)) and \(quoted(network.name.text)) give \(quoted(link)) the gateways "
            + "\(other.gateway) and \(gateway)", network.linkSpan, [.init(other.network.linkSpan, "the other network")],
          help: "give one of them another bridge, or both the same gateway")
      }
      taken[link, default: []] += gateways.map { ($0, network) }
    }
  }
}

extension Network {
  /// The place that names the link of the first plugin.
  fileprivate var linkSpan: Span { makerFacts?.link.map { chain[0].span(of: $0.key) } ?? span }
}

extension CIDR {
  /// Whether an interface cannot have this address of a gateway beside the other one.
  fileprivate func excludes(_ other: CIDR) -> Bool {
    self != other && family == other.family && (family == .ipv4 || overlaps(other))
  }
}
