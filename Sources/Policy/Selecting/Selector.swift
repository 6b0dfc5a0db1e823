import CNI
import Diagnostics
import NetworkTypes

/// Collects the attachments of one Pod.
struct Selector {
  let policy: Policy
  let pod: Pod
  let rule: Rule
  /// CNI_IFNAME.
  let interface: InterfaceName
  private(set) var attachments: [SelectedAttachment] = []
  /// The families whose default route a request has claimed.
  private var claimed: [AddressFamily] = []
  /// How many of the Pod's requests each entry of `requests` has allowed.
  private var allowed: [Int]

  init(policy: Policy, pod: Pod, rule: Rule, interface: InterfaceName) {
    (self.policy, self.pod, self.rule, self.interface) = (policy, pod, rule, interface)
    allowed = Array(repeating: 0, count: policy.requests.count)
  }

  mutating func takeRule() throws(SelectionError) {
    for (i, attach) in rule.attach.enumerated() {
      if i == 0, let replacement = try defaultNetwork(instead: attach) {
        try add(replacement)
        continue
      }
      // Loading refuses a rule with an unknown network.
      guard let network = policy.network(attach.network) else { preconditionFailure("the policy was not checked") }
      var route = attach.defaultRoute
      for family in claimed { route.lose(family) }
      try add(
        SelectedAttachment(
          network: network.chained(for: attach.options), interface: attach.interface ?? interface, defaultRoute: route,
          options: attach.options, inResult: attach.inResult, origin: .rule(attach.span)))
    }
  }

  mutating func takeRequests() throws(SelectionError) {
    for request in try pod.requests() {
      // The default name of the interface has the position in the whole list, including the rule's attachments.
      let position = attachments.count
      guard let name = request.interface ?? PolicyDraft.defaultInterface(position) else { continue }
      let attachment = try attachment(request, .networks, name, DefaultRoute())
      try add(attachment)
      if let gateways = request.defaultRoute {
        try claimDefaultRoute(attachment.network.claim(gateways, request.options), gateways)
      }
    }
  }

  /// The attachment that the Pod asks for instead of the rule's first. Nil if it asks for none.
  private mutating func defaultNetwork(instead first: Attach) throws(SelectionError) -> SelectedAttachment? {
    guard let request = try pod.defaultNetworkRequest() else { return nil }
    var route = first.defaultRoute
    if let gateways = request.defaultRoute {
      claimed = try network(request, .defaultNetwork).claim(gateways, request.options)
      let families = AddressFamily.allCases.filter { route.families.contains($0) || claimed.contains($0) }
      route = DefaultRoute(families: families, claimed: claimed, gateways: gateways)
    }
    return try attachment(request, .defaultNetwork, request.interface ?? interface, route)
  }

  private mutating func attachment(
    _ request: NetworkRequest, _ annotation: RequestAnnotation, _ interface: InterfaceName, _ route: DefaultRoute
  ) throws(SelectionError) -> SelectedAttachment {
    let network = try network(request, annotation)
    let grant = try grant(request, network, annotation)
    return SelectedAttachment(
      network: network, interface: interface, defaultRoute: route, options: request.options, inResult: grant.inResult,
      origin: .request(annotation, grant.span))
  }

  /// The first entry of `requests` that allows the whole request. The error is about the first one for the network and the Pod.
  private mutating func grant(
    _ request: NetworkRequest, _ network: Network, _ annotation: RequestAnnotation
  ) throws(SelectionError) -> RequestGrant {
    let entries = policy.requests.indices.filter { i in
      policy.requests[i].networks.contains(network.name) && policy.requests[i].match.matches(pod)
    }
    guard let first = entries.first else { throw .notAllowed(annotation, network.name, pod) }
    let asked = request.options.runtimeConfig.map(\.capability) + RequestedArguments.capabilities(request.options.arguments)
    for capability in asked where !network.accepts(capability) {
      throw .capability(annotation, capability, network.name)
    }
    let families = request.defaultRoute.map { network.claim($0, request.options) } ?? []
    var closest: RequestRefusal?
    for i in entries {
      let grant = policy.requests[i]
      guard let refusal = grant.refusal(of: request, for: network, as: annotation, claiming: families, earlier: allowed[i])
      else {
        allowed[i] += 1
        return grant
      }
      closest = closest ?? refusal
    }
    guard let closest else { preconditionFailure("an entry allows the request or refuses it") }
    throw .refused(annotation, network.name, pod, closest, by: policy.requests[first].span)
  }

  private func network(_ request: NetworkRequest, _ annotation: RequestAnnotation) throws(SelectionError) -> Network {
    for name in pod.names(for: request) { if let found = named(name) { return found } }
    let names = policy.networks.prefix(1000).map(\.name.text)
    let close = named(request.name) == nil ? Suggestion.closest(to: request.name, among: names) : request.name
    throw .unknownNetwork(annotation, requested: request.text, suggestion: close)
  }

  private func named(_ text: String) -> Network? { (try? NetworkName(text)).flatMap { policy.network($0) } }

  private mutating func add(_ attachment: SelectedAttachment) throws(SelectionError) {
    guard attachment.interface.text != "lo", !attachments.contains(where: { $0.interface == attachment.interface }) else {
      throw .interfaceTaken(attachment.interface, rule: rule.name, by: attachment.origin, of: attachment.network.name)
    }
    attachments.append(attachment)
  }

  /// Gives the last attachment the default routes of these families. The attachments that owned them lose them.
  private mutating func claimDefaultRoute(
    _ families: [AddressFamily], _ gateways: [IPAddress]
  ) throws(SelectionError) {
    for family in families {
      guard !claimed.contains(family) else { throw .severalDefaultRoutes(family) }
      claimed.append(family)
      for i in attachments.indices { attachments[i].defaultRoute.lose(family) }
    }
    attachments[attachments.count - 1].defaultRoute = DefaultRoute(families: families, claimed: families, gateways: gateways)
  }
}

extension Selector {
  /// Refuses a claim on the default route that its network surely cannot meet. The owner's route would be missing, and those of
  /// the others are not installed.
  func checkDefaultRoutes() throws(SelectionError) {
    for (i, attachment) in attachments.enumerated() {
      let (network, route) = (attachment.network, attachment.defaultRoute)
      guard !route.claimed.isEmpty, route.gateways.isEmpty, !(i == 0 && network.mayGetGateway(with: attachment.options)),
        let (family, lack) = network.lack(of: route.claimed, with: attachment.options)
      else { continue }
      throw .noDefaultRoute(attachment, rule: rule.name, family, lack)
    }
  }
}

extension Network {
  /// The families of a request's `default-route`: those of the gateways. An empty list claims like `defaultRoute: true`.
  fileprivate func claim(_ gateways: [IPAddress], _ options: AttachmentOptions) -> [AddressFamily] {
    gateways.isEmpty ? openClaim(with: options) : gateways.map(\.family)
  }
}
