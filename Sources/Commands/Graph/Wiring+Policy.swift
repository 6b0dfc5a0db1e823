import NetworkTypes
import Policy

extension Wiring {
  /// The wiring of a whole policy: its rules in their order, then its requests.
  init(_ policy: Policy, title: String) {
    self.init(title: title)
    var builder = WiringBuilder()
    for rule in policy.rules { builder.add(rule, of: policy) }
    for grant in policy.requests { builder.add(grant, of: policy) }
    builder.addUnused(policy.networks)
    take(builder)
  }

  /// The wiring of one Pod.
  init(_ pod: Pod, _ selection: Selection, title: String) {
    self.init(title: title)
    var builder = WiringBuilder()
    builder.add(pod, selection)
    take(builder)
  }

  private mutating func take(_ builder: WiringBuilder) {
    (owners, networks, devices) = (builder.owners, builder.networks, builder.devices)
  }
}

/// Numbers networks and devices in the order of their first use.
private struct WiringBuilder {
  var owners: [Wiring.Owner] = []
  var networks: [Wiring.Segment] = []
  var devices: [Wiring.Device] = []
  private var networkIndices: [String: Int] = [:]
  private var deviceIndices: [String: Int] = [:]

  mutating func add(_ rule: Rule, of policy: Policy) {
    var owner = Wiring.Owner(
      title: "rule \(rule.name)", details: [rule.match.isCatchAll ? "every Pod" : rule.match.description], interfaces: [])
    for attach in rule.attach {
      guard let network = policy.network(attach.network) else { continue }
      // The first interface of a rule has the name that the runtime asks for, usually eth0.
      owner.interfaces.append(
        interface(attach.interface?.text ?? "eth0", network, attach.defaultRoute, attach.options, attach.inResult))
    }
    owners.append(owner)
  }

  mutating func add(_ grant: RequestGrant, of policy: Policy) {
    let patterns = grant.namespaces.map(\.pattern).joined(separator: " or ")
    var owner = Wiring.Owner(title: "on request", details: ["Pods of namespace \(patterns)"], interfaces: [])
    for network in grant.networks.compactMap(policy.network) {
      owner.interfaces.append(.init(name: nil, network: index(network), isOnRequest: true))
    }
    owners.append(owner)
  }

  mutating func add(_ pod: Pod, _ selection: Selection) {
    var owner = Wiring.Owner(title: pod.description, details: ["by rule \(selection.rule.name)"], interfaces: [])
    for selected in selection.attachments {
      var interface = interface(
        selected.interface.text, selected.network, selected.defaultRoute, selected.options, selected.inResult)
      if case .request(let annotation, _) = selected.origin { interface.notes.append("by \(annotation.rawValue)") }
      owner.interfaces.append(interface)
    }
    owners.append(owner)
  }

  mutating func addUnused(_ all: [Network]) {
    for network in all where networkIndices[network.name.text] == nil { networks[index(network)].isUnused = true }
  }

  private mutating func interface(
    _ name: String, _ network: Network, _ route: DefaultRoute, _ options: AttachmentOptions, _ inResult: Bool
  ) -> Wiring.Interface {
    let routeNote = route.note(of: network)
    var notes = routeNote.map { [$0] } ?? []
    notes += options.notes
    if !inResult { notes.append("not in the runtime's result") }
    return .init(name: name, network: index(network), notes: notes, hasDefaultRoute: routeNote != nil)
  }

  private mutating func index(_ network: Network) -> Int {
    if let known = networkIndices[network.name.text] { return known }
    networkIndices[network.name.text] = networks.count
    let device = network.nodeLink.map { index($0.name ?? "link of the node's default route", $0.role.word) }
    networks.append(
      .init(name: network.name.text, lines: [network.chainText] + network.linkNotes + network.addressTexts, device: device))
    return networks.count - 1
  }

  private mutating func index(_ device: String, _ role: String) -> Int {
    let index = deviceIndices[device] ?? devices.count
    if index == devices.count { devices.append(.init(name: device, roles: [])) }
    deviceIndices[device] = index
    if !devices[index].roles.contains(role) { devices[index].roles.append(role) }
    return index
  }
}

extension DefaultRoute {
  /// The words of a picture about the Pod's default routes through this network. Nil if there are none.
  fileprivate func note(of network: Network) -> String? {
    let (known, brought) = (network.families, network.broughtDefaultRoutes)
    let sure = families.filter { family in
      if gateways.contains(where: { $0.family == family }) { return true }
      return claimed.contains(family) ? known?.contains(family) ?? true : brought?.contains(family) ?? false
    }
    if sure.isEmpty { return brought == nil && !families.isEmpty ? "default route, if the network gives one" : nil }
    let covered = known ?? Set(AddressFamily.allCases)
    let suffix = covered.isSubset(of: sure) ? "" : " " + sure.map { "IPv\($0.rawValue)" }.joined(separator: " and ")
    let via = gateways.isEmpty ? "" : " via " + gateways.map(\.description).joined(separator: " and ")
    return "default route\(suffix)\(via)"
  }
}

extension AttachmentOptions {
  fileprivate var notes: [String] {
    var notes = ips.map(\.description)
    if let mac { notes.append(mac.description) }
    if let mtu { notes.append("MTU \(mtu.bytes)") }
    if !acceptsRA { notes.append("no router advertisements") }
    if routesBySource { notes.append("routed by source") }
    notes += portMappings.map { "port \($0.hostPort) of the node → \($0.containerPort)/\($0.transport)" }
    if bandwidth != nil { notes.append("limited bandwidth") }
    return notes
  }
}
