import CNI
import Diagnostics
import NetworkTypes

/// What one Pod gets, and by which rule.
package struct Selection: Sendable {
  package let rule: Rule
  /// Those of the rule in its order, then those that the Pod asks for; the first is the runtime's.
  package var attachments: [SelectedAttachment]
}

/// One interface of a Pod.
package struct SelectedAttachment: Sendable {
  package let network: Network
  package let interface: InterfaceName
  package var defaultRoute: DefaultRoute
  package let options: AttachmentOptions
  /// Whether the runtime is told of the interface's addresses.
  package let inResult: Bool
  package let origin: Origin

  /// Where an attachment comes from.
  package enum Origin: Sendable {
    /// An entry of the rule.
    case rule(Span)
    /// The Pod's annotation.
    case request(RequestAnnotation)
  }

  /// Whether the default routes of a family that the delegates give are to be installed.
  package func ownsDefaultRoute(_ family: AddressFamily) -> Bool { defaultRoute.families.contains(family) }
}

extension Policy {
  /// What the Pod gets where the runtime asks for `interface`: the attachments of the first rule that matches, and those that the Pod
  /// asks for and may have.
  package func select(_ pod: Pod, interface: InterfaceName) throws(SelectionError) -> Selection {
    guard let rule = rules.first(where: { $0.match.matches(pod) }) else { throw .noRule(pod) }
    var selector = Selector(policy: self, pod: pod, rule: rule, interface: interface)
    try selector.takeRule()
    try selector.takeRequests()
    return Selection(rule: rule, attachments: selector.attachments)
  }
}
