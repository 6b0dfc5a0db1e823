import CNI
import Diagnostics
import NetworkTypes

/// Why a Pod gets no attachments.
package enum SelectionError: Error, Sendable, CustomStringConvertible {
  /// No rule matches.
  case noRule(Pod)
  /// Two attachments would have the same interface name.
  case interfaceTaken(InterfaceName, rule: String, by: SelectedAttachment.Origin, of: NetworkName)
  /// The annotation cannot be read.
  case malformedRequest(RequestAnnotation, RequestSyntaxError)
  /// The Pod asks for a network that the policy does not declare.
  case unknownNetwork(RequestAnnotation, requested: String, suggestion: String?)
  /// The Pod asks for a network that its namespace may not ask for.
  case notAllowed(RequestAnnotation, NetworkName, Pod)
  /// An entry of `requests` allows the network, but not all that the Pod asks for there.
  case refused(RequestAnnotation, NetworkName, Pod, RequestRefusal, by: Span)
  /// Two requests claim the default route of a family.
  case severalDefaultRoutes(AddressFamily)
  /// An attachment is to give the Pod its default route, and surely brings none of the family.
  case noDefaultRoute(SelectedAttachment, rule: String, AddressFamily, DefaultRouteLack)
  /// No plugin of the network's chain accepts an option that the Pod asks for.
  case capability(RequestAnnotation, Capability, NetworkName)
  /// No plugin of the first network's chain accepts what the runtime asks for.
  case runtimeCapability(Capability, NetworkName)

  package var description: String {
    switch self {
    case .noRule(let pod):
      "no rule of the policy matches \(pod.description): add one, or a last rule without match, which matches every Pod"
    case .interfaceTaken(let interface, let rule, let origin, let network):
      "the interface name \(quoted(interface.text)) of network \(quoted(network.text)) (\(origin.text(rule))) is already taken: "
        + "write another name"
    case .malformedRequest(let annotation, let error): "\(annotation.rawValue): \(error)"
    case .unknownNetwork(let annotation, let requested, let suggestion):
      "\(annotation.rawValue): there is no network \(quoted(requested))\(suggestion.map { "; did you mean \(quoted($0))?" } ?? "")"
    case .notAllowed(let annotation, let network, let pod):
      "\(annotation.rawValue): \(pod.description) may not ask for the network \(quoted(network.text)): no entry of the policy's requests "
        + "allows it; add one: {namespaces: [\(pod.namespace.map { quoted($0) } ?? quoted("*"))], networks: [\(network.text)]}"
    case .refused(let annotation, let network, let pod, let refusal, let span):
      "\(annotation.rawValue): network \(quoted(network.text)): \(pod.description) may not \(refusal.text) (requests at "
        + "\(span.description))" + (refusal.line.map { "; to allow it, write there: \($0)" } ?? "")
    case .severalDefaultRoutes(let family): "two requests claim the IPv\(family.rawValue) default route"
    case .noDefaultRoute(let attachment, let rule, let family, let lack):
      "interface \(attachment.interface), network \(quoted(attachment.network.name.text)) (\(attachment.origin.text(rule))), "
        + "is to give the Pod its IPv\(family.rawValue) default route, but \(lack.reason(family)): \(lack.help(family))"
        + (attachment.isRequested ? ", or name the gateway in default-route" : "")
    case .capability(let annotation, let capability, let network):
      "\(annotation.rawValue): no plugin of the network \(quoted(network.text)) accepts \(capability.rawValue): \(capability.help)"
    case .runtimeCapability(let capability, let network):
      "runtimeConfig: no plugin of the network \(quoted(network.text)) accepts \(capability.rawValue)\(capability.origin): \(capability.help), "
        + "or let the network say ignoreCapabilities: [\(capability.rawValue)]"
    }
  }
}

extension Capability {
  /// Where a runtime gets the value from, if it is not plain.
  fileprivate var origin: String {
    switch self {
    case .portMappings: " (a container's hostPort)"
    case .bandwidth: " (the Pod's annotations kubernetes.io/ingress-bandwidth and egress-bandwidth)"
    case .ips, .mac, .infinibandGUID, .deviceID: ""
    }
  }
}

extension SelectedAttachment {
  fileprivate var isRequested: Bool { if case .request = origin { true } else { false } }
}

extension SelectedAttachment.Origin {
  fileprivate func text(_ rule: String) -> String {
    switch self {
    case .rule(let span): "rule \(quoted(rule)), \(span.description)"
    case .request(let annotation, _): annotation.rawValue
    }
  }
}
