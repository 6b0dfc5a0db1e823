import CNI
import Diagnostics
import NetworkTypes

/// Everything about a policy's meaning that can be known without a node and without its delegates.
struct MeaningChecker {
  let draft: PolicyDraft
  private(set) var findings = Findings()
  private var networks: [NetworkName: Network] = [:]
  /// How many names may still be compared for did-you-mean.
  private var comparisons = 100_000

  init(_ draft: PolicyDraft) { self.draft = draft }

  /// The policy, which is only good if there are no errors among the findings.
  mutating func policy() -> Policy {
    checkNetworks()
    if draft.rules.isEmpty, let file = draft.files.first {
      report(
        .noRules, "the policy has no rules, so that every Pod would be refused", Span(file, nil),
        help: "add rules: with at least one")
    }
    checkRules()
    let rules = draft.rules.map { rule($0) }
    let requests = draft.requests.map { request($0) }
    return Policy(networks: draft.networks, rules: rules, requests: requests)
  }

  private mutating func report(
    _ code: DiagnosticCode, _ message: String, _ span: Span, _ secondary: [Diagnostic.Secondary] = [], help: String? = nil
  ) {
    findings.append(Diagnostic(code, message, at: span, secondary: secondary, help: help))
  }

  // MARK: - Networks

  private mutating func checkNetworks() {
    for network in draft.networks {
      if let first = networks[network.name] {
        report(
          .duplicateNetwork, "the network \(quoted(network.name.text)) is declared twice", network.span,
          [.init(first.span, "first declared here")], help: "give one of them another name")
      } else {
        networks[network.name] = network
      }
      for entry in network.chain { checkSelfDelegation(entry) }
    }
  }

  private mutating func checkSelfDelegation(_ entry: ChainEntry) {
    let help = "a chain may hold any plugin but braid itself"
    if entry.type == "braid" {
      report(.selfDelegation, "Braid cannot be its own delegate", entry.span(of: .init("type")), help: help)
    }
    if entry.configuration.value(named: "ipam")?.object?.value(named: "type")?.string == "braid" {
      report(.selfDelegation, "Braid cannot be its own delegate", entry.span(of: .init("ipam", "type")), help: help)
    }
  }

  /// The network of the name, or a finding at the place that wants it.
  private mutating func resolve(_ name: PolicyDraft.Named<NetworkName>, _ file: SourceFile) -> Network? {
    if let known = networks[name.value] { return known }
    comparisons -= networks.count
    let close = comparisons > 0 ? Suggestion.closest(to: name.value.text, among: networks.keys.map(\.text).sorted()) : nil
    let help = close.map { "did you mean \(quoted($0))?" } ?? "declare it under networks:"
    report(.unknownNetwork, "there is no network \(quoted(name.value.text))", Span(file, name.range), help: help)
    return nil
  }

  // MARK: - Rules

  private mutating func checkRules() {
    var names: [String: Span] = [:]
    var catchAll: (name: String, span: Span)?
    for rule in draft.rules {
      let span = Span(rule.file, rule.nameRange)
      if let name = rule.name {
        if let first = names[name] {
          report(
            .duplicateRule, "the rule name \(quoted(name)) is used twice", span, [.init(first, "first used here")],
            help: "give one of them another name")
        } else {
          names[name] = span
        }
      }
      if let all = catchAll {
        report(
          .unreachableRule, "the rule \(quoted(rule.name ?? "")) never matches", span,
          [.init(all.span, "this rule takes every Pod")], help: "move it before \(quoted(all.name))")
      } else if rule.match.isCatchAll, rule.node["match"]?.value.mapping?.isEmpty ?? true {
        catchAll = (rule.name ?? "", span)
      }
      checkAttachments(rule)
    }
  }

  private mutating func checkAttachments(_ rule: PolicyDraft.Rule) {
    var interfaces: [InterfaceName: Span] = [:]
    var owner: Span?
    for (i, attach) in rule.attach.enumerated() {
      if let name = attach.network { _ = resolve(name, rule.file) }
      if let claim = attach.defaultRoute, claim.value {
        let span = Span(rule.file, claim.range)
        if let owner {
          report(
            .severalDefaultRoutes, "two attachments of one rule claim the default route", span,
            [.init(owner, "first claimed here")], help: "keep defaultRoute: true at one of them")
        } else {
          owner = span
        }
      }
      checkInterface(attach, position: i, rule, &interfaces)
    }
  }

  private mutating func checkInterface(
    _ attach: PolicyDraft.Attach, position: Int, _ rule: PolicyDraft.Rule, _ interfaces: inout [InterfaceName: Span]
  ) {
    let span = Span(rule.file, attach.interface?.range ?? attach.network?.range ?? attach.range)
    guard position > 0 else {
      if attach.interface != nil {
        report(
          .interfaceOfRuntime, "the first attachment has the interface name that the runtime asks for", span,
          help: "remove interface here, or put another attachment first")
      }
      return
    }
    guard let name = attach.interface?.value ?? Self.defaultInterface(position) else { return }
    if let first = interfaces[name] {
      let isDefault = attach.interface == nil
      report(
        .duplicateInterface, "two attachments have the interface name \(quoted(name.text))", span,
        [.init(first, "first used here")],
        help: isDefault
          ? "it is the default for this position: give one of them another interface" : "give one of them another name")
    } else {
      interfaces[name] = span
    }
  }

  /// `net1` for the second attachment, and so on.
  private static func defaultInterface(_ position: Int) -> InterfaceName? { try? InterfaceName("net\(position)") }

  // MARK: - The model

  private func rule(_ draft: PolicyDraft.Rule) -> Rule {
    let owner = draft.attach.firstIndex { $0.defaultRoute?.value == true } ?? 0
    let attach = draft.attach.enumerated().compactMap { (i, attach) in
      attach.network.map { network in
        Attach(
          network: network.value, span: Span(draft.file, attach.range),
          interface: i == 0 ? nil : attach.interface?.value ?? Self.defaultInterface(i), ownsDefaultRoute: i == owner,
          declaresDefaultRoute: attach.defaultRoute?.value == true)
      }
    }
    return Rule(name: draft.name ?? "", span: Span(draft.file, draft.nameRange), match: draft.match, attach: attach)
  }

  private mutating func request(_ draft: PolicyDraft.Request) -> RequestGrant {
    for name in draft.networks { _ = resolve(name, draft.file) }
    return RequestGrant(namespaces: draft.namespaces, networks: draft.networks.map(\.value), span: Span(draft.file, draft.range))
  }
}
