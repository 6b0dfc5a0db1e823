import CNI
import Diagnostics
import Policy

extension Validation {
  /// The capabilities that a runtime's list lacks for its policy.
  ///
  /// Its policy is the one of `others` that has the file name of the list's `policy`, or the only policy there.
  static func missingCapabilities(of conflist: Conflist, _ others: [(path: String, subject: Subject?)]) -> Findings {
    var findings = Findings()
    let policies = others.compactMap { other -> (path: String, policy: Policy)? in
      if case .policy(let policy?)? = other.subject { (other.path, policy) } else { nil }
    }
    for entry in conflist.network.chain where entry.isBraid {
      let named = entry.configuration.value(named: "policy")?.string.map { fileName($0) }
      let found = policies.first { fileName($0.path) == named } ?? (policies.count == 1 ? policies[0] : nil)
      guard let found else { continue }
      let declared = entry.configuration.value(named: "capabilities")?.object
      for capability in RuntimeConflist.capabilities(found.policy) where declared?[capability]?.bool != true {
        guard let severity = severity(ofMissing: capability) else { continue }
        findings.append(
          Diagnostic(
            .missingCapability, "the runtime does not pass on \(capability), which the policy \(quoted(found.path)) needs",
            at: entry.span(of: .init("capabilities")), help: "add \(quoted(capability)): true to capabilities",
            severity: severity))
      }
    }
    return findings
  }

  /// Nil for a capability that Pods do without: only some runtimes have it.
  private static func severity(ofMissing capability: String) -> Diagnostic.Severity? {
    switch capability {
    case Pod.annotationsCapability: .error
    case Capability.portMappings.rawValue, Capability.bandwidth.rawValue: .warning
    default: nil
    }
  }

  private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
