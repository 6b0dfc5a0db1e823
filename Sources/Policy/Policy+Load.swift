import Diagnostics
import YAML

/// A policy that cannot be used: everything that is wrong with it.
package struct PolicyError: Error, Sendable, CustomStringConvertible {
  /// At least one is an error.
  package let findings: Findings

  package init(findings: Findings) { self.findings = findings }

  /// The first error with its place, and how many more there are.
  package var description: String { findings.errorText ?? "the policy cannot be used" }
}

extension Policy {
  /// Reads a policy file, or the `*.yaml` of a directory in the order of their names, and checks all that needs no node.
  ///
  /// Throws with every finding where there is an error; warnings alone do not stop it.
  package static func load(_ path: String) throws(PolicyError) -> Policy {
    var findings = Findings()
    guard let policy = load(path, checks: .errors, &findings) else { throw PolicyError(findings: findings) }
    return policy
  }

  /// What to look for.
  package enum Checks: Sendable {
    /// What makes the policy unusable: enough for the plugin.
    case errors
    /// And what is probably not meant.
    case all
  }

  /// Like `load(_:)`, with everything that was found; nil where there is an error among the findings.
  package static func load(_ path: String, checks: Checks = .all, _ findings: inout Findings) -> Policy? {
    let files = PolicySource.files(path, &findings)
    guard !findings.hasErrors else { return nil }
    return read(files, checks: checks, &findings)
  }

  /// Reads a policy from texts; nil where there is an error among the findings.
  package static func read(_ files: [SourceFile], checks: Checks = .all, _ findings: inout Findings) -> Policy? {
    let examination = examine(files, checks: checks)
    findings.append(contentsOf: examination.findings)
    return findings.hasErrors ? nil : examination.policy
  }

  /// What reading a policy brings to light, whether it can be used or not.
  package struct Examination: Sendable {
    /// Nil where a file could not be read as YAML, so that nothing is known of the whole. With errors among the findings it must not be used.
    package fileprivate(set) var policy: Policy?
    package fileprivate(set) var findings = Findings()
    /// Those files that could be read as YAML.
    package fileprivate(set) var documents: [YAMLDocument] = []
  }

  /// Reads documents that were found good before, for the plugin.
  package static func examine(_ documents: [YAMLDocument]) -> Examination {
    var examination = Examination()
    var decoder = PolicyDecoder()
    for document in documents { decoder.add(document) }
    var checker = MeaningChecker(decoder.draft)
    examination.policy = checker.policy()
    examination.findings.append(contentsOf: decoder.findings)
    examination.findings.append(contentsOf: checker.findings)
    return examination
  }

  /// What an examination does next, for somebody who waits.
  package enum Step: Sendable {
    case reading(SourceFile)
    /// What would stop the plugin.
    case checking
    /// What is probably not meant.
    case comparing
  }

  /// Reads a policy from texts, with what is sound of it even where there are errors: for further checks.
  package static func examine(_ files: [SourceFile], checks: Checks = .all, before step: (Step) -> Void = { _ in }) -> Examination
  {
    var examination = Examination()
    var decoder = PolicyDecoder()
    var documents: [YAMLDocument] = []
    for file in files {
      step(.reading(file))
      guard let document = YAMLDocument.single(file, &decoder.findings) else { continue }
      decoder.add(document)
      documents.append(document)
    }
    examination.documents = documents
    examination.findings.append(contentsOf: decoder.findings)
    // A file that is missing as a whole would make the others' meaning wrong.
    guard documents.count == files.count else { return examination }
    step(.checking)
    var checker = MeaningChecker(decoder.draft)
    examination.policy = checker.policy()
    examination.findings.append(contentsOf: checker.findings)
    if checks == .all {
      step(.comparing)
      var lint = PolicyLint(decoder.draft, checker.networks)
      lint.run()
      examination.findings.append(contentsOf: lint.findings)
      var suppressions = Suppressions(documents)
      suppressions.apply(to: &examination.findings)
    }
    return examination
  }
}
