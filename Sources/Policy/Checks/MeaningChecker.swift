import CNI
import Diagnostics
import NetworkTypes

/// Finds errors in a policy's meaning. It needs neither a node nor the delegates.
struct MeaningChecker {
  let draft: PolicyDraft
  private(set) var findings = Findings()
  private(set) var networks: [NetworkName: Network] = [:]
  /// The sets of ranges of the networks that have any.
  var pools: [NetworkName: [[AddressPool]]] = [:]
  /// How many names may still be compared for "did you mean". The limit keeps an ADD fast if the policy has thousands of
  /// mistakes.
  private var comparisons = 100_000

  init(_ draft: PolicyDraft) { self.draft = draft }

  /// Checks everything and makes the policy. It must not be used if the findings have an error.
  mutating func policy() -> Policy {
    if let several = draft.severalPolicies {
      findings.append(several)
      return Policy(networks: [], rules: [], requests: [])
    }
    checkNetworks()
    if draft.rules.isEmpty, !draft.isPartial, let file = draft.files.first {
      report(
        .noRules, "the policy has no rules, so every Pod would be refused", Span(file, nil),
        help: "add rules with at least one entry")
    }
    checkAddresses()
    checkRuleNames()
    for rule in draft.rules {
      checkAttachments(of: rule)
      checkPools(of: rule)
    }
    for request in draft.requests {
      for name in request.networks { _ = resolve(name, request.file) }
    }
    return Policy(
      networks: draft.networks, rules: draft.rules.map { $0.model(networks) }, requests: draft.requests.map { $0.model })
  }

  mutating func report(
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
      checkChain(of: network)
    }
  }

  /// The network of the name. Nil and a finding if there is none.
  mutating func resolve(_ name: PolicyDraft.Named<NetworkName>, _ file: SourceFile) -> Network? {
    if let known = networks[name.value] { return known }
    comparisons -= networks.count
    let close = comparisons > 0 ? Suggestion.closest(to: name.value.text, among: networks.keys.map(\.text).sorted()) : nil
    let help = close.map { "did you mean \(quoted($0))?" } ?? "declare it under networks"
    report(.unknownNetwork, "there is no network \(quoted(name.value.text))", Span(file, name.range), help: help)
    return nil
  }

  // MARK: - Rules

  private mutating func checkRuleNames() {
    var names: [String: Span] = [:]
    for rule in draft.rules {
      guard let name = rule.name else { continue }
      if let first = names[name] {
        report(
          .duplicateRule, "the rule name \(quoted(name)) is used twice", rule.span, [.init(first, "first used here")],
          help: "give one of them another name")
      } else {
        names[name] = rule.span
      }
    }
  }
}

extension PolicyDraft.Rule {
  var span: Span { Span(file, nameRange) }

  /// The rule's name for messages.
  var title: String { name.map { "the rule \(quoted($0))" } ?? "the rule without a name" }
}
