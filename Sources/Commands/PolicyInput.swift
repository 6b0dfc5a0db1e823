import Diagnostics
import Policy

/// The policy that a command is about.
enum PolicyInput {
  /// Reads a file, a directory or stdin (`-`).
  ///
  /// With errors in it the policy is no base for anything: they are told on stderr, and `ExitStatus.findings` is thrown; `.unreadable`
  /// where a file cannot be read.
  static func load(_ path: String) throws(ExitStatus) -> Policy {
    var findings = Findings()
    let files = path == "-" ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    if !findings.hasErrors, let policy = Policy.read(files, checks: .errors, &findings) { return policy }
    let errors = findings.sorted.filter { $0.severity == .error }
    Output.complain(errors.map { Renderer().render($0) }.joined(separator: "\n"))
    throw errors.contains { $0.code == .unreadable } ? .unreadable : .findings
  }
}
