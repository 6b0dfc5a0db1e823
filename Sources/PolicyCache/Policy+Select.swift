import Diagnostics
import NetworkTypes
import Policy

extension Policy {
  /// The attachments of the Pod by the policy of a path. `interface` is the name that the runtime asks for.
  ///
  /// A large policy is not read as a whole each time (`PolicyCache`). If the policy has errors, the last good one decides, and its
  /// errors are returned too. Throws `PolicyError` or `SelectionError`.
  package static func select(
    _ pod: Pod, interface: InterfaceName, path: String, cache: borrowing PolicyCache?,
    orLastGood lastGood: borrowing LastGoodPolicy? = nil
  ) throws -> (selection: Selection, errors: PolicyError?) {
    var findings = Findings()
    if let found = cached(pod, interface: interface, path: path, cache, lastGood) { return (found, nil) }
    let files = PolicySource.files(path, &findings)
    let examination = findings.hasErrors ? nil : examine(files, checks: .errors)
    if let examination { findings.append(contentsOf: examination.findings) }
    guard !findings.hasErrors, let policy = examination?.policy else {
      let errors = PolicyError(findings: findings)
      switch lastGood {
      case .some(let lastGood): if let kept = lastGood.policy() { return (try kept.select(pod, interface: interface), errors) }
      case .none: break
      }
      throw errors
    }
    switch cache {
    case .some(let cache): cache.keep(examination?.documents ?? [], at: path)
    case .none: break
    }
    switch lastGood {
    case .some(let lastGood): lastGood.keep(files)
    case .none: break
    }
    return (try policy.select(pod, interface: interface), nil)
  }

  /// The attachments by the kept part of the policy. Nil if it must be read as a whole.
  private static func cached(
    _ pod: Pod, interface: InterfaceName, path: String, _ cache: borrowing PolicyCache?, _ lastGood: borrowing LastGoodPolicy?
  ) -> Selection? {
    switch cache {
    case .none: return nil
    case .some(let cache):
      switch lastGood {
      case .none: break
      // The cache was written before anybody wanted the last good policy kept.
      case .some(let lastGood): guard let time = cache.time(of: path), lastGood.isKept(since: time) else { return nil }
      }
      var findings = Findings()
      let paths = PolicySource.paths(path, &findings)
      guard !findings.hasErrors else { return nil }
      // If the kept part refuses the Pod, the whole policy is read: its error has more to go by.
      return try? cache.part(for: pod, of: paths, at: path)?.select(pod, interface: interface)
    }
  }
}
