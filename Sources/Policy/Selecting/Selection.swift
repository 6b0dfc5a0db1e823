import CNI
import Diagnostics
import NetworkTypes

/// What one Pod gets, and by which rule.
package struct Selection: Sendable {
  package let rule: Rule
  /// In the order of the rule; the first has the runtime's interface name.
  package let attachments: [SelectedAttachment]
}

/// One interface of a Pod: its network, its name, and whether the default routes are its.
package struct SelectedAttachment: Sendable {
  package let network: Network
  package let interface: InterfaceName
  package let ownsDefaultRoute: Bool
  /// The rule's entry that it comes from.
  package let attach: Attach
}

/// Why a Pod gets nothing.
package enum SelectionError: Error, Sendable, CustomStringConvertible {
  /// No rule matches.
  case noRule(Pod)
  /// The runtime calls its interface as the rule calls another.
  case interfaceTaken(InterfaceName, rule: String, at: Span)

  package var description: String {
    switch self {
    case .noRule(let pod):
      "no rule of the policy matches \(quoted(pod.description)): add one, or a last rule without match that takes every Pod"
    case .interfaceTaken(let name, let rule, let span):
      "the runtime names its interface \(quoted(name.text)), which rule \(quoted(rule)) gives to another attachment (\(span.description))"
    }
  }
}

extension Policy {
  /// The first rule that matches, and its attachments, where the runtime asks for `interface`.
  package func select(_ pod: Pod, interface: InterfaceName) throws(SelectionError) -> Selection {
    guard let rule = rules.first(where: { $0.match.matches(pod) }) else { throw .noRule(pod) }
    var attachments: [SelectedAttachment] = []
    for attach in rule.attach {
      // Loading has refused a rule whose networks are not there.
      guard let network = network(attach.network) else { preconditionFailure("the policy was not checked") }
      if attach.interface == interface { throw .interfaceTaken(interface, rule: rule.name, at: attach.span) }
      attachments.append(
        SelectedAttachment(
          network: network, interface: attach.interface ?? interface, ownsDefaultRoute: attach.ownsDefaultRoute, attach: attach))
    }
    return Selection(rule: rule, attachments: attachments)
  }
}

/// A condition that a Pod does not meet.
package struct Mismatch: Sendable, CustomStringConvertible {
  package let condition: Condition
  /// What the Pod has; nil where the runtime gave none.
  package let found: String?

  package var description: String {
    switch condition {
    case .namespaces(let globs): "namespace \(had) is not \(any(of: globs))"
    case .pods(let globs): "Pod name \(had) is not \(any(of: globs))"
    case .annotation(let key, let glob):
      found == nil ? "there is no annotation \(quoted(key))" : "annotation \(quoted(key)) is \(had), not \(quoted(glob.pattern))"
    }
  }

  private var had: String { found.map { quoted($0) } ?? "(none)" }

  private func any(of globs: [Glob]) -> String { globs.map { quoted($0.pattern) }.joined(separator: " or ") }
}
