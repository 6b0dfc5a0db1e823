import Diagnostics
import YAML

/// The findings about a policy that cannot be used.
package struct PolicyError: Error, Sendable, CustomStringConvertible {
  /// All findings, with at least one error.
  package let findings: Findings

  package init(findings: Findings) { self.findings = findings }

  /// The first error with its place, and how many more there are.
  package var description: String { findings.errorText ?? "the policy cannot be used" }
}

extension Policy {
  /// Reads a policy file, or the `*.yaml` files of a directory in the order of their names, and checks it for errors.
  ///
  /// The checks need no node. Throws all findings if one of them is an error.
  package static func load(_ path: String) throws(PolicyError) -> Policy {
    var findings = Findings()
    guard let policy = load(path, checks: .errors, &findings) else { throw PolicyError(findings: findings) }
    return policy
  }

  /// Which checks run.
  package enum Checks: Sendable {
    /// Those that find errors. The plugin needs no others.
    case errors
    /// Those that find errors or warnings.
    case all
  }

  /// Like `load(_:)`, but adds everything to `findings` instead of throwing. Nil if they have an error.
  package static func load(_ path: String, checks: Checks = .all, _ findings: inout Findings) -> Policy? {
    let files = PolicySource.files(path, &findings)
    guard !findings.hasErrors else { return nil }
    return read(files, checks: checks, &findings)
  }

  /// Reads a policy from texts. Nil if the findings have an error.
  package static func read(_ files: [SourceFile], checks: Checks = .all, _ findings: inout Findings) -> Policy? {
    let examination = examine(files, checks: checks)
    findings.append(contentsOf: examination.findings)
    return findings.hasErrors ? nil : examination.policy
  }

  /// The result of reading a policy that may have errors.
  package struct Examination: Sendable {
    /// Nil if a file is not YAML: a part of the policy is then unknown. It must not be used if the findings have an error.
    package fileprivate(set) var policy: Policy?
    package fileprivate(set) var findings = Findings()
    /// The documents of the files that are YAML.
    package fileprivate(set) var documents: [YAMLDocument] = []
  }

  /// Reads documents that an earlier run found to be free of errors, for the plugin.
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

  /// The next step of an examination, to show progress.
  package enum Step: Sendable {
    case reading(SourceFile)
    /// Looking for errors.
    case checking
    /// Looking for warnings.
    case comparing
  }

  /// Reads a policy from texts. If it has errors, the correct parts are kept, so further checks can run.
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
    // Without one of the files, the checks would report networks as missing that it declares.
    guard documents.count == files.count else { return examination }
    step(.checking)
    var checker = MeaningChecker(decoder.draft)
    examination.policy = checker.policy()
    examination.findings.append(contentsOf: checker.findings)
    // What follows from several policies in one directory is not told.
    if checks == .all, decoder.draft.severalPolicies == nil {
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
