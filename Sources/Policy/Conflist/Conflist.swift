import CNI
import Diagnostics
import YAML

/// A CNI configuration list, or the configuration of one plugin, as a runtime loads it (CNI specification, section 1).
package struct Conflist: Sendable {
  package let file: SourceFile
  /// The whole object, for the keys that Braid does not need.
  package let root: YAMLNode
  /// The list as a network: its name, and its plugins as the chain.
  package let network: Network

  /// The plugins as a policy without rules: for `delegateFindings(known:)`.
  package var policy: Policy { Policy(networks: [network], rules: [], requests: []) }

  /// Whether a file is meant for a runtime: it ends in `.conflist` or `.conf`, or is a JSON object that has plugins and is no policy.
  package static func isOne(_ file: SourceFile) -> Bool {
    if file.path.hasSuffix(".conflist") || file.path.hasSuffix(".conf") { return true }
    guard file.bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == UInt8(ascii: "{") else { return false }
    var findings = Findings()
    guard let root = YAMLDocument.single(file, &findings)?.root else { return false }
    return isOne(root)
  }

  /// Whether an object is a configuration list or a configuration.
  package static func isOne(_ root: YAMLNode) -> Bool {
    root["apiVersion"] == nil && root["kind"] == nil && (root["plugins"] != nil || root["type"] != nil)
  }

  /// Reads a configuration from a text; nil where there is an error among the findings.
  package static func read(_ file: SourceFile, checks: Policy.Checks = .all, _ findings: inout Findings) -> Conflist? {
    let examination = examine(file, checks: checks)
    findings.append(contentsOf: examination.findings)
    return examination.findings.hasErrors ? nil : examination.conflist
  }

  /// What reading a configuration brings to light, whether it can be used or not.
  package struct Examination: Sendable {
    /// Nil where nothing is known of it. With errors among the findings it must not be used.
    package fileprivate(set) var conflist: Conflist?
    package fileprivate(set) var findings = Findings()
  }

  /// Reads a configuration from a text, with what is sound of it even where there are errors: for further checks.
  package static func examine(_ file: SourceFile, checks: Policy.Checks = .all) -> Examination {
    var examination = Examination()
    guard let document = YAMLDocument.single(file, &examination.findings) else { return examination }
    if let finding = ConflistReader.notJSON(file) { examination.findings.append(finding) }
    let rest = examine(document.root, in: file, checks: checks)
    examination.findings.append(contentsOf: rest.findings)
    examination.conflist = rest.conflist
    return examination
  }

  /// The same for an object that stands in a larger text; without a `name` of its own it has the default one.
  package static func examine(
    _ root: YAMLNode, in file: SourceFile, defaultName: NetworkName? = nil, checks: Policy.Checks = .all
  ) -> Examination {
    var reader = ConflistReader(file, root, defaultName: defaultName)
    let network = reader.network()
    var examination = Examination()
    examination.findings.append(contentsOf: reader.findings)
    guard let network else { return examination }
    examination.conflist = Conflist(file: file, root: root, network: network)
    // The policy's own checks: a list is a policy of one network that has no rules yet.
    var draft = PolicyDraft()
    (draft.files, draft.networks, draft.isPartial, draft.isForRuntime) = ([file], [network], true, true)
    var checker = MeaningChecker(draft)
    _ = checker.policy()
    examination.findings.append(contentsOf: checker.findings)
    guard checks == .all else { return examination }
    reader.lint()
    examination.findings.append(contentsOf: reader.hints)
    var lint = PolicyLint(draft, checker.networks)
    lint.run()
    examination.findings.append(contentsOf: lint.findings)
    return examination
  }
}
