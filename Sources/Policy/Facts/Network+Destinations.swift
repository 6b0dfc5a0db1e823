import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension Network {
  /// A part of the addresses to which a network leads.
  struct Destination {
    let key: CNIResult.Route.Key
    /// False for the network of an address, which the interface reaches without a route.
    let isRoute: Bool
    let span: Span
  }

  /// Whether the network's routes certainly stay in the tables in which IPAM puts them.
  var keepsRoutes: Bool { chain.allSatisfy { Plugin.named($0.type) != nil && !$0.facts.movesRoutes } }

  /// The network as an attachment with these options has it: with the plugin for source routing at the end of its chain.
  func chained(for options: AttachmentOptions) -> Network {
    let type = BuiltInPlugin.sbr.rawValue
    guard options.routesBySource, let last = chain.last, !chain.contains(where: { $0.type == type }) else { return self }
    let entry = ChainEntry(type: type, configuration: ["type": .string(type)], file: last.file, node: last.node)
    return Network(
      name: name, span: span, chain: chain + [entry], cniVersion: cniVersion, disableCheck: disableCheck, disableGC: disableGC,
      isRequired: isRequired, ignoredCapabilities: ignoredCapabilities)
  }

  /// The destinations of an attachment with these options, as far as the policy alone tells, without default routes.
  func destinations(with options: AttachmentOptions) -> [Destination] {
    guard let entry = addressEntry, let facts = entry.ipamFacts else { return [] }
    var found: [Destination] = []
    func add(_ network: CIDR, _ span: Span) {
      guard network.prefixLength < network.family.bits else { return }
      found.append(Destination(key: .init(network), isRoute: false, span: span))
    }
    switch facts.addresses {
    case .pools?: for pool in AddressPool.sets(of: self).joined() { add(pool.range.subnet, pool.spans.subnet) }
    case .fixed(let addresses, let key)? where options.ips.isEmpty:
      for address in addresses { add(address.cidr, entry.ipamSpan(of: key)) }
    case .fixed?, nil: break
    }
    found += facts.routes.map { .init(key: $0.key, isRoute: true, span: entry.ipamSpan(of: $0.path)) }
    return found
  }
}
