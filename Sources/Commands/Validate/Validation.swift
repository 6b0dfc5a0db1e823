import Diagnostics
import Policy

/// All checks of one policy that need no node.
enum Validation {
  /// The findings about a file, a directory, or stdin (`-`).
  static func run(_ path: String) -> Report.Entry {
    var findings = Findings()
    let isInput = path == "-"
    let files = isInput ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    let name = isInput ? "<stdin>" : path
    if !findings.hasErrors {
      let progress = Progress(name, bytes: files.reduce(0) { $0 + $1.bytes.count })
      findings.append(contentsOf: self.findings(in: files, progress))
      progress.end()
    }
    return Report.Entry(path: name, findings: findings)
  }

  /// The findings about the texts of one policy, or of one runtime's configuration.
  static func findings(in files: [SourceFile], _ progress: Progress = Progress("", bytes: 0)) -> Findings {
    if files.count == 1, Conflist.isOne(files[0]) {
      let examination = Conflist.examine(files[0])
      var findings = examination.findings
      if let conflist = examination.conflist {
        findings.append(contentsOf: conflist.policy.delegateFindings(known: findings, forRuntime: true))
      }
      return findings
    }
    let examination = Policy.examine(files, before: progress.show)
    var findings = examination.findings
    progress.show("checking the configurations of the built-in plugins")
    if let policy = examination.policy { findings.append(contentsOf: policy.delegateFindings(known: findings)) }
    return findings
  }
}
