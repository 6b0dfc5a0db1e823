import Diagnostics
import NetworkTypes
import YAML

extension MeaningChecker {
  /// How many attachments a rule may have: as many as a Pod may ask for by annotation.
  private static let maximumAttachments = NetworkRequest.maximumCount

  mutating func checkAttachments(of rule: PolicyDraft.Rule) {
    guard rule.attach.count <= Self.maximumAttachments else {
      return report(
        .tooManyAttachments, "\(rule.title) has \(rule.attach.count) attachments", rule.span,
        help: "remove some: a Pod can have at most \(Self.maximumAttachments)")
    }
    var interfaces: [InterfaceName: Span] = [:]
    var owners: [AddressFamily: Span] = [:]
    for (i, attach) in rule.attach.enumerated() {
      checkDefaultRoute(attach, rule.file, &owners)
      checkInterface(attach, position: i, rule, &interfaces)
      if i == 0, let inResult = attach.inResult, !inResult.value {
        report(
          .firstOutOfResult, "the first attachment cannot be kept out of the result", Span(rule.file, inResult.range),
          help: "the runtime needs its addresses: remove inResult, or put another attachment first")
      }
      checkOptions(attach, rule.file)
    }
  }

  private mutating func checkDefaultRoute(
    _ attach: PolicyDraft.Attach, _ file: SourceFile, _ owners: inout [AddressFamily: Span]
  ) {
    guard let claim = attach.defaultRoute else { return }
    let span = Span(file, claim.range)
    let taken = claim.value.families.compactMap { owners[$0] }.first
    if let taken {
      report(
        .severalDefaultRoutes, "two attachments of one rule claim the default route", span, [.init(taken, "first claimed here")],
        help: "remove it from one of them, or write ipv4 at one and ipv6 at the other")
    }
    for family in claim.value.families where owners[family] == nil { owners[family] = span }
  }

  private mutating func checkInterface(
    _ attach: PolicyDraft.Attach, position: Int, _ rule: PolicyDraft.Rule, _ interfaces: inout [InterfaceName: Span]
  ) {
    let span = Span(rule.file, attach.interface?.range ?? attach.network?.range ?? attach.range)
    guard position > 0 else {
      if attach.interface != nil {
        report(
          .interfaceOfRuntime, "the runtime chooses the interface name of the first attachment", span,
          help: "remove interface here, or put another attachment first")
      }
      return
    }
    guard let name = attach.interface?.value ?? PolicyDraft.defaultInterface(position) else { return }
    if name.text == "lo" {
      report(
        .duplicateInterface, "every Pod has an interface named \"lo\" already", span,
        help: "give the attachment another interface name")
    }
    if let first = interfaces[name] {
      let isDefault = attach.interface == nil
      report(
        .duplicateInterface, "two attachments have the interface name \(quoted(name.text))", span,
        [.init(first, "first used here")],
        help: isDefault
          ? "it is the default for this position: give one of them another interface name"
          : "give one of them another interface name")
    } else {
      interfaces[name] = span
    }
  }

  /// Checks an attachment's options by themselves, and that a plugin of the chain accepts them.
  private mutating func checkOptions(_ attach: PolicyDraft.Attach, _ file: SourceFile) {
    if let burst = attach.options.bandwidth?.burstWithoutRate {
      let rate = burst == "ingressBurst" ? "ingressRate" : "egressRate"
      report(
        .burstWithoutRate, "\(burst) needs \(rate)", Span(file, attach.place(of: "bandwidth")),
        help: "add \(rate), or remove \(burst)")
    }
    for mapping in attach.options.repeatedPorts {
      report(
        .duplicateHostPort, "the node's port \(mapping.hostPort)/\(mapping.transport) is mapped twice",
        Span(file, attach.place(of: "portMappings")), help: "keep one of them, or give each a hostIP")
    }
    guard let name = attach.network, let network = resolve(name, file) else { return }
    for (capability, _) in attach.options.runtimeConfig where !network.accepts(capability) {
      report(
        .capability, "no plugin of the network \(quoted(network.name.text)) accepts \(capability.rawValue)",
        Span(file, attach.place(of: capability.rawValue)), [.init(network.span, "the network")],
        help: capability.help)
    }
  }
}

extension PolicyDraft {
  /// `net1` for the second attachment, and so on.
  static func defaultInterface(_ position: Int) -> InterfaceName? { try? InterfaceName("net\(position)") }
}

extension PolicyDraft.Attach {
  /// The place of a key of this attachment, or of the attachment if it does not have the key.
  func place(of key: String) -> SourceRange { node[key]?.keyRange ?? range }
}

extension Capability {
  /// What to do so that a chain accepts the capability.
  var help: String {
    switch self {
    case .ips: "its ipam must be host-local or static, or a plugin of its chain must declare capabilities: {ips: true}"
    case .mac: "bridge, macvlan and tuning accept it; another plugin must declare capabilities: {mac: true}"
    case .portMappings: "add the plugin portmap to its chain"
    case .bandwidth: "add the plugin bandwidth to its chain"
    case .infinibandGUID, .deviceID: "a plugin of its chain must declare capabilities: {\(rawValue): true}"
    }
  }
}
