import Diagnostics
import NetworkTypes
import Policy

/// Reads the policy that a command is about.
enum PolicyInput {
  /// Reads a file, a directory or stdin (`-`).
  ///
  /// If the policy has errors, they are printed to stderr and `ExitStatus.findings` is thrown. If a file cannot be read,
  /// `ExitStatus.unreadable` is thrown. With `withDelegates`, everything that the built-in plugins refuse is an error too.
  static func load(_ path: String, withDelegates: Bool = false) throws(ExitStatus) -> Policy {
    var findings = Findings()
    let files = path == "-" ? PolicySource.standardInput(&findings) : PolicySource.files(path, waits: true, &findings)
    if !findings.hasErrors, let policy = Policy.read(files, checks: .errors, &findings) {
      if withDelegates { findings.append(contentsOf: policy.delegateFindings(known: findings)) }
      if !findings.hasErrors { return policy }
    }
    let errors = findings.sorted.filter { $0.severity == .error }
    Output.complain(errors.map { Renderer.forErrors.render($0) }.joined(separator: "\n"))
    throw errors.contains { $0.code == .unreadable } ? .unreadable : .findings
  }
}

extension Policy {
  /// What the Pod gets. If the policy refuses the Pod, the reason is printed to stderr and `ExitStatus.findings` is thrown.
  func selection(_ pod: Pod, interface: InterfaceName) throws(ExitStatus) -> Selection {
    do { return try select(pod, interface: interface) } catch {
      Output.complain(harmless(error.description, limit: 4000) + "\n")
      throw .findings
    }
  }
}
