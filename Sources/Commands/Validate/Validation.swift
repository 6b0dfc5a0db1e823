import Diagnostics
import Policy

/// All checks of one policy that need no node.
enum Validation {
  /// What the texts are, if they could be read.
  enum Subject {
    case policy(Policy?)
    case runtime(Conflist?)
  }

  /// The findings about each of the paths. A runtime's list is also compared with its policy, if that is among them.
  static func run(_ paths: [String]) -> [Report.Entry] {
    let examined = paths.map { examine($0) }
    return examined.map { one in
      var findings = one.findings
      if case .runtime(let conflist?)? = one.subject {
        findings.append(contentsOf: missingCapabilities(of: conflist, examined.map { ($0.path, $0.subject) }))
      }
      return Report.Entry(path: one.path, findings: findings)
    }
  }

  /// The findings about a file, a directory, or stdin (`-`).
  static func run(_ path: String) -> Report.Entry { run([path])[0] }

  private static func examine(_ path: String) -> (path: String, findings: Findings, subject: Subject?) {
    var findings = Findings()
    var subject: Subject?
    let isInput = path == "-"
    let files = isInput ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    let name = isInput ? "<stdin>" : path
    if !findings.hasErrors {
      let progress = Progress(name, bytes: files.reduce(0) { $0 + $1.bytes.count })
      let examined = examine(files, progress)
      findings.append(contentsOf: examined.findings)
      subject = examined.subject
      progress.end()
    }
    return (name, findings, subject)
  }

  /// The findings about the texts of one policy, or of one runtime's configuration.
  static func findings(in files: [SourceFile], _ progress: Progress = Progress("", bytes: 0)) -> Findings {
    examine(files, progress).findings
  }

  private static func examine(_ files: [SourceFile], _ progress: Progress) -> (findings: Findings, subject: Subject) {
    if files.count == 1, Conflist.isOne(files[0]) {
      let examination = Conflist.examine(files[0])
      var findings = examination.findings
      if let conflist = examination.conflist {
        findings.append(contentsOf: conflist.policy.delegateFindings(known: findings, forRuntime: true))
      }
      return (findings, .runtime(examination.conflist))
    }
    let examination = Policy.examine(files, before: progress.show)
    var findings = examination.findings
    progress.show("checking the configurations of the built-in plugins")
    if let policy = examination.policy { findings.append(contentsOf: policy.delegateFindings(known: findings)) }
    return (findings, .policy(examination.policy))
  }
}
