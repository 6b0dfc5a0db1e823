import Diagnostics
import Engine
import Policy

/// All checks of one policy that need no node.
enum Validation {
  /// The findings about a file, a directory, or stdin (`-`).
  static func run(_ path: String) -> Report.Entry {
    var findings = Findings()
    let isInput = path == "-"
    let files = isInput ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    if !findings.hasErrors { findings.append(contentsOf: self.findings(in: files)) }
    return Report.Entry(path: isInput ? "<stdin>" : path, findings: findings)
  }

  /// The findings about the texts of one policy.
  static func findings(in files: [SourceFile]) -> Findings {
    let examination = Policy.examine(files)
    var findings = examination.findings
    if let policy = examination.policy { findings.append(contentsOf: policy.delegateFindings(known: findings)) }
    return findings
  }
}
