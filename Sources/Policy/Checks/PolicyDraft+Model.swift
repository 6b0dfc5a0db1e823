import Diagnostics
import NetworkTypes

extension PolicyDraft.Rule {
  /// The rule of the model, without the parts that were wrong.
  var model: Rule {
    var unclaimed: [AddressFamily] = [.ipv4, .ipv6]
    for attach in attach { unclaimed.removeAll { attach.defaultRoute?.value.families.contains($0) ?? false } }
    let attachments = attach.enumerated().compactMap { (i, draft) -> Attach? in
      guard let network = draft.network else { return nil }
      // The first attachment owns the families that no attachment claims, unless it says defaultRoute: false.
      let own = draft.defaultRoute?.value.families ?? []
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
  var refusesDefaultRoute: Bool { if case .none? = defaultRoute?.value { true } else { false } }
}

extension PolicyDraft.Request {
  var model: RequestGrant {
    RequestGrant(namespaces: namespaces, networks: networks.map(\.value), span: Span(file, range), inResult: inResult)
  }
}
