import Diagnostics
import NetworkTypes
import Policy

extension Policy {
  /// The attachments of the Pod by the policy of a path. `interface` is the name that the runtime asks for.
  ///
  /// A large policy is not read as a whole each time (`PolicyCache`). Throws `PolicyError` or `SelectionError`.
  package static func select(
    _ pod: Pod, interface: InterfaceName, path: String, cache: borrowing PolicyCache?
  ) throws -> Selection {
    var findings = Findings()
    let paths = PolicySource.paths(path, &findings)
    guard !findings.hasErrors else { throw PolicyError(findings: findings) }
    // If the kept part refuses the Pod, the whole policy is read: its error has more to go by.
    switch cache {
    case .some(let cache):
      if let selection = try? cache.part(for: pod, of: paths, at: path)?.select(pod, interface: interface) { return selection }
    case .none: break
    }
    let files = PolicySource.files(paths, &findings)
    guard !findings.hasErrors else { throw PolicyError(findings: findings) }
    let examination = examine(files, checks: .errors)
    findings.append(contentsOf: examination.findings)
    guard !findings.hasErrors, let policy = examination.policy else { throw PolicyError(findings: findings) }
    switch cache {
    case .some(let cache): cache.keep(examination.documents, at: path)
    case .none: break
    }
    return try policy.select(pod, interface: interface)
  }
}
