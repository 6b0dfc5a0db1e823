import NetworkTypes
import PluginModel

/// What the policy alone tells about a network's link and addresses, from the facts of its plugins.
extension Network {
  /// Where a network's addresses come from.
  package enum AddressSource {
    /// The network gives no addresses.
    case none
    /// Sets of ranges, each of which gives one address.
    case pools([[AddressPool]])
    /// The same addresses for every Pod. Empty if only attachments name addresses.
    case fixed([PluginFacts.FixedAddress])
    /// A plugin of this type whose addresses are not known.
    case plugin(String)
  }

  /// The facts of the first plugin, which makes the interface. Nil without a plugin.
  package var makerFacts: PluginFacts? { chain.first?.facts }

  /// The link of the node that the first plugin works on. Nil if it uses none, or if its keys are not known.
  package var nodeLink: PluginFacts.Link? {
    guard let link = makerFacts?.link, !link.isInContainer else { return nil }
    return link
  }

  /// The name of the bridge or master that the network's interfaces share with other networks'. Nil if that is not known.
  var wire: String? {
    guard let link = makerFacts?.link, link.claim != nil else { return nil }
    return link.name
  }

  package var addressSource: AddressSource {
    guard let entry = addressEntry, let ipam = entry.ipam else { return .none }
    switch entry.ipamFacts?.addresses {
    case .pools?: return .pools(AddressPool.sets(of: self))
    case .fixed(let addresses, _)?: return .fixed(addresses)
    case nil: return .plugin(ipam.type)
    }
  }

  /// The families of the network's addresses. Nil if the policy alone does not tell.
  package var families: Set<AddressFamily>? {
    switch addressSource {
    case .none: chain.allSatisfy { $0.ipamType == nil } && isDefaultRouteKnown ? [] : nil
    case .pools(let sets): Set(sets.flatMap { $0.map(\.range.subnet.family) })
    case .fixed(let addresses): addresses.isEmpty ? nil : Set(addresses.map(\.cidr.family))
    case .plugin: addressEntry?.ipamFacts?.families
    }
  }

  /// The families for which the network gives a default route. Nil if the policy alone does not tell.
  package var broughtDefaultRoutes: Set<AddressFamily>? {
    guard let families, let maker = makerFacts else { return nil }
    switch maker.defaultRoutes {
    case .unknown: return nil
    case .allFamilies: return families
    case .families(let own): return own
    case .ofIPAM:
      switch addressEntry?.ipamFacts?.defaultRoutes {
      case nil: return []
      case .families(let given)?: return given
      default: return nil
      }
    }
  }

  /// The gateways of the network's addresses with their prefix lengths, without duplicates, as far as the policy alone tells.
  package var gateways: [CIDR] {
    var found: [CIDR] = []
    func add(_ gateway: IPAddress?, _ prefixLength: Int) {
      guard let gateway, let cidr = try? CIDR(gateway, prefixLength: prefixLength), !found.contains(cidr) else { return }
      found.append(cidr)
    }
    switch addressSource {
    case .pools(let sets): for pool in sets.joined() { add(pool.range.effectiveGateway, pool.range.subnet.prefixLength) }
    case .fixed(let addresses): for address in addresses { add(address.gateway, address.cidr.prefixLength) }
    case .none, .plugin: break
    }
    return found
  }

  /// Whether the default routes of the first plugin follow from its configuration.
  var isDefaultRouteKnown: Bool {
    guard let maker = makerFacts else { return false }
    if case .unknown = maker.defaultRoutes { return false }
    return true
  }

  /// The first plugin that gets addresses from an IPAM plugin.
  var addressEntry: ChainEntry? { chain.first { $0.ipamType.map { !$0.isEmpty } ?? false } }
}
