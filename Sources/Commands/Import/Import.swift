import ArgumentParser
import Diagnostics
import Policy

/// `braidctl import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn CNI, Multus and NetworkAttachmentDefinition files into a policy.",
    discussion: """
      Takes CNI configurations (.conflist, .conf), Multus configurations with their delegates, and NetworkAttachmentDefinitions \
      (YAML or JSON; a file may hold several), and prints one policy. If a key has no equivalent, a comment beside its network says \
      which key, why, and what to do instead. Name the file of the default network before other CNI configurations.

      Examples:
        braidctl import /etc/cni/net.d/10-flannel.conflist >policy.yaml
        kubectl get net-attach-def -A -o yaml | braidctl import /etc/cni/net.d/00-multus.conf - >policy.yaml

      In a directory, it reads every .conflist, .conf, .json, .yaml and .yml, in the order of their names.

      Exit status: 0 imported, 1 an input has mistakes, which are on stderr (with places in the printed policy if only the policy shows them), 2 wrong usage, 3 a file cannot be read.
      """)

  @Argument(help: "Files, or directories of files; - is stdin.", completion: .file())
  var files: [String]

  func run() throws {
    var findings = Findings()
    var sources: [SourceFile] = []
    for path in files { sources += Self.sources(path, &findings) }
    guard !findings.hasErrors, let text = Self.policy(from: sources, &findings) else {
      Output.complain(Renderer().render(findings.sorted.filter { $0.severity == .error }))
      throw findings.items.contains { $0.code == .unreadable } ? ExitStatus.unreadable : .findings
    }
    Output.answer(text)
    let mistakes = Self.mistakes(in: text)
    guard !mistakes.isEmpty else { return }
    Output.complain(Renderer().render(mistakes))
    throw ExitStatus.findings
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

  /// The policy as text. Nil if the findings contain an error.
  static func policy(from files: [SourceFile], _ findings: inout Findings) -> String? {
    var reader = ImportReader()
    for file in files { reader.read(file) }
    findings.append(contentsOf: reader.findings)
    guard !findings.hasErrors else { return nil }
    var importer = Importer(reader)
    importer.run()
    findings.append(contentsOf: importer.findings)
    return findings.hasErrors ? nil : importer.text(sources: files.map(\.path))
  }
}
