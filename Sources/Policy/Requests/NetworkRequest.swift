import NetworkTypes

/// One attachment that a Pod asks for by annotation (Network Plumbing Working Group, multi-net-spec 1.3, section 4).
package struct NetworkRequest: Sendable {
  /// Nil where the Pod's own is meant.
  package var namespace: String?
  package var name: String
  package var interface: InterfaceName?
  /// Nil without `default-route`; empty where the attachment's own default routes are to be kept.
  package var defaultRoute: [IPAddress]?
  package var options = AttachmentOptions()

  init(namespace: String? = nil, name: String) { (self.namespace, self.name) = (namespace, name) }

  /// As the short form writes it.
  package var text: String { (namespace.map { "\($0)/" } ?? "") + name + (interface.map { "@\($0)" } ?? "") }
}

/// The annotations with which a Pod asks for networks.
package enum RequestAnnotation: String, Sendable {
  /// Attachments beside those of the rule.
  case networks = "k8s.v1.cni.cncf.io/networks"
  /// One that takes the place of the rule's first.
  case defaultNetwork = "v1.multus-cni.io/default-network"
}
