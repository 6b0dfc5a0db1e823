import Diagnostics
import YAML

extension PolicyLint {
  /// Finds patterns for namespaces and Pods that match no name.
  mutating func checkPatterns() {
    for rule in draft.rules {
      guard let match = rule.node["match"]?.value else { continue }
      let not = match["not"]?.value
      for node in [match] + (not?.sequence ?? not.map { [$0] } ?? []) {
        for key in ["namespaces", "pods"] { checkPatterns(node[key]?.value, rule.file) }
      }
    }
    for request in draft.requests { checkPatterns(request.node["namespaces"]?.value, request.file) }
  }

  private mutating func checkPatterns(_ list: YAMLNode?, _ file: SourceFile) {
    for node in list?.sequence ?? [] {
      // A character of another pattern language has been reported.
      guard let text = node.string, PolicyText.nameGlob.problem(with: text) == nil, let odd = (try? Glob(text))?.impossible else {
        continue
      }
      let isOfKubernetes = odd.isUpperCase || odd == "_"
      let what = odd == " " ? "a blank" : quoted(String(Character(odd)))
      findings.append(
        Diagnostic(
          .impossiblePattern,
          "no \(isOfKubernetes ? "Kubernetes name" : "name") contains \(what), so the pattern \(quoted(text)) matches nothing",
          at: Span(file, node.range), help: odd.patternHelp, severity: isOfKubernetes ? .warning : .error))
    }
  }

  /// Finds conditions on labels, which the usual runtimes do not give.
  mutating func checkLabels(of rule: PolicyDraft.Rule) {
    guard let match = rule.node["match"]?.value else { return }
    let not = match["not"]?.value
    for node in [match] + (not?.sequence ?? not.map { [$0] } ?? []) {
      guard let labels = node["labels"], !(labels.value.mapping ?? []).isEmpty else { continue }
      report(
        .unseenLabels, "containerd, CRI-O and Podman give Braid no labels of a Pod", Span(rule.file, labels.keyRange),
        help: "match annotations or names instead")
    }
  }

  /// Finds namespaces whose Pods may ask for networks but are refused by every rule.
  mutating func checkRequesters() {
    guard !draft.isPartial, !draft.rules.isEmpty, draft.rules.count <= Self.comparedNetworks else { return }
    for request in draft.requests {
      let nodes = (request.node["namespaces"]?.value.sequence ?? []).prefix(Self.comparedNetworks)
      for node in nodes {
        guard let glob = node.string.flatMap({ try? Glob($0) }) else { continue }
        let wanted = Match(conditions: [.namespaces([glob])])
        let isTaken = draft.rules.contains { !Match(conditions: $0.match.conditions + wanted.conditions).isImpossible }
        guard !isTaken else { continue }
        report(
          .requestWithoutRule, "no rule matches a Pod of the namespaces \(quoted(glob.pattern))", Span(request.file, node.range),
          help: "add a rule for them, or remove the pattern: Braid refuses a Pod that no rule matches")
      }
    }
  }
}

extension Glob {
  /// A literal character of the pattern that no name of a namespace or Pod contains. A certain one comes before a probable one.
  fileprivate var impossible: Unicode.Scalar? {
    let odd = literals.filter { scalar in
      let isName = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "."
      return !isName
    }
    return odd.first { !$0.isUpperCase && $0 != "_" } ?? odd.first
  }
}

extension Unicode.Scalar {
  fileprivate var isUpperCase: Bool { ("A"..."Z").contains(self) }

  /// What to write instead of a pattern with this character.
  fileprivate var patternHelp: String {
    switch self {
    case "^", "$", "(", ")", "|", "+": "a pattern is no regular expression: it has only * (any characters) and ? (one character)"
    case ",", " ": "write each pattern as an entry of its own"
    case "/": "write the namespace under namespaces and the name of the Pod under pods"
    default: "names consist of lower-case letters, digits, \".\" and \"-\""
    }
  }
}
