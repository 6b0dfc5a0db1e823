import CNI
import Diagnostics
import YAML

/// A CNI configuration list, or the configuration of one plugin, as a runtime loads it (CNI specification, section 1).
package struct Conflist: Sendable {
  package let file: SourceFile
  /// The whole object, including the keys that Braid does not need.
  package let root: YAMLNode
  /// The list as a network: its name, and its plugins as the chain.
  package let network: Network

  /// A policy with this network and no rules, for `delegateFindings(known:)`.
  package var policy: Policy { Policy(networks: [network], rules: [], requests: []) }

  /// Whether a file is meant for a runtime: its name ends in `.conflist` or `.conf`, or it is a JSON object that has plugins and
  /// is not a policy.
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

  /// Reads a configuration from a text. Nil if the findings have an error.
  package static func read(_ file: SourceFile, checks: Policy.Checks = .all, _ findings: inout Findings) -> Conflist? {
    let examination = examine(file, checks: checks)
    findings.append(contentsOf: examination.findings)
    return examination.findings.hasErrors ? nil : examination.conflist
  }

  /// The result of reading a configuration that may have errors.
  package struct Examination: Sendable {
    /// Nil if the text is not YAML or not an object. It must not be used if the findings have an error.
    package fileprivate(set) var conflist: Conflist?
    package fileprivate(set) var findings = Findings()
  }

  /// Reads a configuration from a text. If it has errors, the correct parts are kept, so further checks can run.
  package static func examine(_ file: SourceFile, checks: Policy.Checks = .all) -> Examination {
    var examination = Examination()
    if let finding = ConflistReader.notJSON(file) {
      examination.findings.append(finding)
      return examination
    }
    guard let document = YAMLDocument.single(file, &examination.findings) else { return examination }
    if let finding = ConflistReader.wrongName(file, document.root) {
      examination.findings.append(finding)
      return examination
    }
    let rest = examine(document.root, in: file, checks: checks)
    examination.findings.append(contentsOf: rest.findings)
    examination.conflist = rest.conflist
    return examination
  }

  /// Reads a configuration that is part of a larger text. `defaultName` is the name of one that has no `name`.
  package static func examine(
    _ root: YAMLNode, in file: SourceFile, defaultName: NetworkName? = nil, checks: Policy.Checks = .all
  ) -> Examination {
    var reader = ConflistReader(file, root, defaultName: defaultName)
    let network = reader.network()
    var examination = Examination()
    examination.findings.append(contentsOf: reader.findings)
    guard let network else { return examination }
    examination.conflist = Conflist(file: file, root: root, network: network)
    // The checks of policies work for a list too: it is a policy with one network and without rules.
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
