import CNI
import Diagnostics
import NetworkTypes

/// The attachments of one Pod and the rule that gives them.
package struct Selection: Sendable {
  package let rule: Rule
  /// First those of the rule in its order, then those that the Pod asks for. The runtime chooses the interface name of the first.
  package var attachments: [SelectedAttachment]
}

/// One interface of a Pod.
package struct SelectedAttachment: Sendable {
  package let network: Network
  package let interface: InterfaceName
  package var defaultRoute: DefaultRoute
  package let options: AttachmentOptions
  /// Whether the result for the runtime has the interface's addresses.
  package let inResult: Bool
  package let origin: Origin

  /// Where an attachment comes from.
  package enum Origin: Sendable {
    /// An entry of the rule.
    case rule(Span)
    /// The Pod's annotation, and the entry of `requests` that allows it.
    case request(RequestAnnotation, Span)
  }

  /// Whether the delegates' default routes of a family are to be installed.
  package func ownsDefaultRoute(_ family: AddressFamily) -> Bool { defaultRoute.families.contains(family) }
}

extension Policy {
  /// Selects the Pod's attachments: those of the first rule that matches, and those that the Pod asks for by annotation.
  ///
  /// `interface` is the runtime's name for the first. Throws if no rule matches or the Pod may not have one of its requests.
  package func select(_ pod: Pod, interface: InterfaceName) throws(SelectionError) -> Selection {
    guard let rule = rules.first(where: { $0.match.matches(pod) }) else { throw .noRule(pod) }
    var selector = Selector(policy: self, pod: pod, rule: rule, interface: interface)
    try selector.takeRule()
    try selector.takeRequests()
    try selector.checkDefaultRoutes()
    return Selection(rule: rule, attachments: selector.attachments)
  }
}
