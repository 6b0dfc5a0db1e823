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

      Exit status: 0 imported, 1 an input has mistakes (they are on stderr), 2 wrong usage, 3 a file cannot be read.
      """)

  @Argument(help: "The files; - is stdin.", completion: .file())
  var files: [String]

  func run() throws {
    var findings = Findings()
    var sources: [SourceFile] = []
    for path in files {
      sources += path == "-" ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    }
    let text = findings.hasErrors ? nil : Self.policy(from: sources, &findings)
    let shown = findings.sorted.filter { text == nil ? $0.severity == .error : true }
    if !shown.isEmpty { Output.complain(Renderer().render(shown)) }
    guard let text else { throw findings.items.contains { $0.code == .unreadable } ? ExitStatus.unreadable : .findings }
    Output.answer(text)
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
