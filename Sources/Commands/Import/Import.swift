import ArgumentParser
import Diagnostics
import Policy

/// `braidctl import`.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn CNI, Multus and NetworkAttachmentDefinition files into a policy.",
    discussion: """
      Takes CNI configurations (.conflist, .conf), Multus configurations with their delegates, and NetworkAttachmentDefinitions \
      (YAML or JSON, several in one file will do), and prints one policy. What has no equivalent is a comment beside the network \
      that it is about: which key, why, and what to do instead. Name the default network's file before others of its kind.

      Examples:
        braidctl import /etc/cni/net.d/10-flannel.conflist >policy.yaml
        kubectl get net-attach-def -A -o yaml | braidctl import /etc/cni/net.d/00-multus.conf - >policy.yaml

      Of a directory, every .conflist, .conf, .json, .yaml and .yml is read in the order of their names.

      Exit status: 0 imported, 1 an input has mistakes (they are on stderr; those that only the policy shows have places in it), 2 wrong usage, 3 a file cannot be read.
      """)

  @Argument(help: "Files, or directories of them; - is stdin.", completion: .file())
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

  /// A file, stdin (`-`), or what a runtime and people keep in a directory, in the order of the names.
  private static func sources(_ path: String, _ findings: inout Findings) -> [SourceFile] {
    if path == "-" { return PolicySource.standardInput(what: "file", &findings) }
    guard let names = try? PolicySource.entries(path) else {
      return PolicySource.files(path, what: "file", waits: true, &findings)
    }
    let chosen = names.filter { name in !name.hasPrefix(".") && suffixes.contains { name.hasSuffix($0) } }.sorted()
    if chosen.isEmpty {
      let help = "name a directory with \(suffixes.joined(separator: ", "))"
      findings.append(
        Diagnostic(
          .noPolicyFiles, "the directory holds nothing to import", at: Span(SourceFile(path: path, bytes: []), nil), help: help))
    }
    return chosen.flatMap { PolicySource.files(path.hasSuffix("/") ? path + $0 : "\(path)/\($0)", &findings) }
  }

  /// What of the inputs' own mistakes is an error in a policy. That it has no rules yet, a comment says.
  static func mistakes(in text: String) -> [Diagnostic] {
    Validation.findings(in: [SourceFile(path: "<stdout>", text: text)]).sorted
      .filter { $0.severity == .error && $0.code != .noRules }
  }

  /// The policy as text; nil where there is an error among the findings.
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
