import CNI
import Diagnostics
import NetworkTypes

extension PolicyDraft.Rule {
  /// The rule of the model, without the parts that were wrong.
  func model(_ networks: [NetworkName: Network]) -> Rule {
    let claims = attach.map { $0.claim(on: networks) }
    let unclaimed = AddressFamily.allCases.filter { family in !claims.contains { $0.contains(family) } }
    let attachments = attach.enumerated().compactMap { (i, draft) -> Attach? in
      guard let network = draft.network else { return nil }
      // The first attachment owns the families that no attachment claims, unless it says defaultRoute: false.
      let own = claims[i]
      let left = i == 0 && !draft.refusesDefaultRoute ? unclaimed : []
      return Attach(
        network: network.value, span: Span(file, network.range),
        interface: i == 0 ? nil : draft.interface?.value ?? PolicyDraft.defaultInterface(i),
        defaultRoute: DefaultRoute(
          families: AddressFamily.allCases.filter { own.contains($0) || left.contains($0) }, claimed: own),
        options: draft.options,
        inResult: draft.inResult?.value ?? true)
    }
    return Rule(name: name ?? "", span: span, match: match, attach: attachments)
  }
}

extension PolicyDraft.Attach {
  /// The families whose default route the attachment claims. `true` claims those for which its network may bring one.
  func claim(on networks: [NetworkName: Network]) -> [AddressFamily] {
    let families = defaultRoute?.value.families ?? []
    guard families.count > 1, let network = network.flatMap({ networks[$0.value] }) else { return families }
    return network.openClaim(with: options)
  }

  var refusesDefaultRoute: Bool { if case .none? = defaultRoute?.value { true } else { false } }
}

extension PolicyDraft.Request {
  var model: RequestGrant {
    RequestGrant(
      namespaces: namespaces, networks: networks.map(\.value), span: Span(file, range), inResult: inResult,
      permissions: permissions)
  }
}
