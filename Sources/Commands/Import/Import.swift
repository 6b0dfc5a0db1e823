import ArgumentParser
import Diagnostics
import Policy

/// `braidctl import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn CNI, Multus and NetworkAttachmentDefinition files into a policy.",
    discussion: HelpText.keepingExamples(
      """
      Takes CNI configurations (.conflist, .conf), Multus configurations with their delegates, NetworkAttachmentDefinitions, and the \
      additionalNetworks of OpenShift's network operator (YAML or JSON; also in Lists and Templates), and prints one policy. Other \
      objects of Kubernetes in the same files are passed over. If a key has no equivalent, a comment beside its network says which \
      key, why, and what to do instead. Name the file of the default network before other CNI configurations.

      Examples:
        braidctl import /etc/cni/net.d/10-flannel.conflist >policy.yaml
        kubectl get net-attach-def -A -o yaml | braidctl import /etc/cni/net.d/00-multus.conf - >policy.yaml

      In a directory, it reads every .conflist, .conf, .json, .yaml and .yml, in the order of their names.

      Exit status: 0 imported, 1 an input has mistakes, which are on stderr (with places in the printed policy if only the policy \
      shows them), or with --strict a loss changes behaviour, 2 wrong usage, 3 a file cannot be read.
      """))

  @Argument(help: "Files, or directories of files; - is stdin.", completion: .file())
  var files: [String]

  @Flag(help: "Fail if Pods would get something else than before. The policy is printed all the same.")
  var strict = false

  func run() throws {
    var findings = Findings()
    var sources: [SourceFile] = []
    for path in files { sources += Self.sources(path, &findings) }
    guard !findings.hasErrors, let answer = Self.answer(from: sources, &findings) else {
      Output.complain(Renderer.forErrors.render(findings.sorted.filter { $0.severity == .error }))
      throw findings.items.contains { $0.code == .unreadable } ? ExitStatus.unreadable : .findings
    }
    Output.answer(answer.text)
    for line in answer.summary(isStrict: strict) { Output.complain("braidctl import: \(line)\n") }
    let mistakes = Self.mistakes(in: answer.text)
    if !mistakes.isEmpty { Output.complain(Renderer.forErrors.render(mistakes)) }
    if !mistakes.isEmpty || strict && answer.changes > 0 { throw ExitStatus.findings }
  }

  private static let suffixes = [".conflist", ".conf", ".json", ".yaml", ".yml"]

  /// The contents of a file, of stdin (`-`), or of a directory's files in the order of their names.
  private static func sources(_ path: String, _ findings: inout Findings) -> [SourceFile] {
    if path == "-" { return PolicySource.standardInput(what: "file", &findings) }
    guard let names = try? PolicySource.entries(path) else {
      return PolicySource.files(path, what: "file", waits: true, &findings)
    }
    let chosen = names.filter { name in !name.hasPrefix(".") && suffixes.contains { name.hasSuffix($0) } }.sorted()
    if chosen.isEmpty {
      let help = "name a directory with files that end in \(suffixes.joined(separator: ", "))"
      findings.append(
        Diagnostic(
          .noPolicyFiles, "the directory holds nothing to import", at: Span(SourceFile(path: path, bytes: []), nil), help: help))
    }
    return chosen.flatMap { PolicySource.files(path.hasSuffix("/") ? path + $0 : "\(path)/\($0)", &findings) }
  }

  /// The errors of the policy, which come from mistakes in the inputs. A missing rule is none of them: a comment in the policy says so.
  static func mistakes(in text: String) -> [Diagnostic] {
    Validation.findings(in: [SourceFile(path: "<stdout>", text: text)]).sorted
      .filter { $0.severity == .error && $0.code != .noRules }
  }

  /// The policy, and what its reader should know.
  struct Answer {
    let text: String
    /// How many comments tell that Pods get something else than before.
    let changes: Int
    /// How many objects that are no networks the files had, by kind.
    let passed: [(kind: String, count: Int)]

    /// The lines for stderr. Empty if there is nothing to say.
    func summary(isStrict: Bool) -> [String] {
      var lines: [String] = []
      if !passed.isEmpty {
        let kinds = passed.map { "\($0.count) \(harmless($0.kind, limit: 60))" }.joined(separator: ", ")
        lines.append("passed over, because import only takes networks: \(kinds)")
      }
      if changes > 0 {
        let losses = changes == 1 ? "1 loss changes" : "\(changes) losses change"
        lines.append("\(isStrict ? "error: " : "")\(losses) behaviour: see \"\(ImportNote.mark)\" in the comments of the policy")
      }
      return lines
    }
  }

  /// The policy as text. Nil if the findings contain an error.
  static func policy(from files: [SourceFile], _ findings: inout Findings) -> String? { answer(from: files, &findings)?.text }

  /// Nil if the findings contain an error.
  static func answer(from files: [SourceFile], _ findings: inout Findings) -> Answer? {
    var reader = ImportReader()
    for file in files { reader.read(file) }
    reader.finish()
    findings.append(contentsOf: reader.findings)
    guard !findings.hasErrors else { return nil }
    var importer = Importer(reader)
    importer.run()
    findings.append(contentsOf: importer.findings)
    guard !findings.hasErrors else { return nil }
    return Answer(
      text: importer.text(sources: files.map(\.path)), changes: importer.changes,
      passed: importer.passedByKind.map { ($0.kind, $0.objects.count) })
  }
}
