import NetworkTypes
import PluginModel

/// Whether an attachment brings a default route of a family, as far as the policy alone tells.
package enum DefaultRouteOutlook: Hashable, Sendable {
  /// The IPAM plugin gives a default route, or a gateway through which Braid adds one.
  case brings
  /// There will be none.
  case lacks(DefaultRouteLack)
  /// It depends on the node, the runtime, or a plugin that Braid does not know.
  case unknown
}

/// Why an attachment brings no default route of a family.
package enum DefaultRouteLack: Hashable, Sendable {
  /// It has no address of the family.
  case noAddress
  /// Its addresses of the family have no gateway.
  case noGateway
  /// `ips` replace the addresses of `static` together with their gateway.
  case replaced

  package func reason(_ family: AddressFamily) -> String {
    switch self {
    case .noAddress: "it gives no IPv\(family.rawValue) address"
    case .noGateway: "its IPv\(family.rawValue) address has no gateway"
    case .replaced: "ips replace its IPv\(family.rawValue) address together with the gateway"
    }
  }

  /// What to write instead.
  package func help(_ family: AddressFamily) -> String {
    let destination = family == .ipv4 ? "0.0.0.0/0" : "\"::/0\""
    return switch self {
    case .noAddress: "add an ipam with IPv\(family.rawValue) addresses, or let another attachment have the default route"
    case .noGateway: "write a gateway beside the address, or let another attachment have the default route"
    case .replaced: "add the next hop to its ipam: routes: [{dst: \(destination), gw: …}]"
    }
  }
}

extension Network {
  /// Whether an attachment with these options brings a default route of the family.
  ///
  /// Validation, the choice of the owner, `explain` and ADD all ask here, so they agree.
  package func defaultRoute(_ family: AddressFamily, with options: AttachmentOptions) -> DefaultRouteOutlook {
    guard isDefaultRouteKnown, let maker = makerFacts, chain.allSatisfy({ Plugin.named($0.type) != nil }),
      let families = families(with: options)
    else { return .unknown }
    guard families.contains(family) else { return .lacks(.noAddress) }
    switch addressSource {
    case .none: return .lacks(.noAddress)
    case .plugin: return .unknown
    case .pools: return .brings
    case .fixed(let addresses):
      if maker.makesGateway { return .brings }
      if case .families(let given)? = addressEntry?.ipamFacts?.defaultRoutes, given.contains(family) { return .brings }
      guard options.ips.isEmpty else {
        let had = addresses.contains { $0.cidr.family == family && $0.gateway != nil }
        return .lacks(had ? .replaced : .noGateway)
      }
      return addresses.contains { $0.cidr.family == family && $0.gateway != nil } ? .brings : .lacks(.noGateway)
    }
  }

  /// The families of the addresses that an attachment with these options has. Nil if the policy alone does not tell.
  private func families(with options: AttachmentOptions) -> Set<AddressFamily>? {
    guard case .fixed = addressSource else { return families }
    // In place of its own addresses, `static` gives those that the attachment or `args` names.
    guard options.ips.isEmpty else { return Set(options.ips.map(\.address.family)) }
    let given = addressEntry?.configuration.value(named: "args")?.object?.value(named: "cni")?.object?.value(named: "ips")
    return given == nil && options.arguments.value(named: "ips") == nil ? families : nil
  }

  /// The families of a claim that names none, such as `defaultRoute: true`: those for which the network may bring a default route.
  /// If it surely brings none, these are both families, and the claim is refused.
  func openClaim(with options: AttachmentOptions) -> [AddressFamily] {
    let possible = AddressFamily.allCases.filter { family in
      if case .lacks = defaultRoute(family, with: options) { false } else { true }
    }
    return possible.isEmpty ? AddressFamily.allCases : possible
  }

  /// Why a claim on the default routes of these families cannot hold: the network surely brings none of them. Nil if it may bring
  /// one.
  func lack(of families: [AddressFamily], with options: AttachmentOptions) -> (family: AddressFamily, lack: DefaultRouteLack)? {
    var found: (AddressFamily, DefaultRouteLack)?
    for family in families {
      guard case .lacks(let lack) = defaultRoute(family, with: options) else { return nil }
      if found == nil || lack != .noAddress { found = (family, lack) }
    }
    return found
  }

  /// Whether the runtime may give the attachment a gateway, with GATEWAY of CNI_ARGS. It does so for the first attachment only.
  func mayGetGateway(with options: AttachmentOptions) -> Bool {
    if case .fixed = addressSource { options.ips.isEmpty } else { false }
  }
}
