import NetworkTypes

/// One attachment that a Pod asks for by annotation (Network Plumbing Working Group, multi-net-spec 1.3, section 4).
package struct NetworkRequest: Sendable {
  /// Nil stands for the Pod's own namespace.
  package var namespace: String?
  package var name: String
  package var interface: InterfaceName?
  /// The gateways of `default-route`. Nil without the key. Empty if the attachment's own default routes are to be used.
  package var defaultRoute: [IPAddress]?
  package var options = AttachmentOptions()
  /// The keys of the JSON form that nobody reads.
  package var unreadKeys: [UnreadKey] = []

  init(namespace: String? = nil, name: String) { (self.namespace, self.name) = (namespace, name) }

  /// The request in the short form, without its options.
  package var text: String { (namespace.map { "\($0)/" } ?? "") + name + (interface.map { "@\($0)" } ?? "") }
}

/// The annotations by which a Pod asks for networks.
package enum RequestAnnotation: String, Sendable, CaseIterable {
  /// Asks for attachments in addition to those of the rule.
  case networks = "k8s.v1.cni.cncf.io/networks"
  /// Asks for an attachment that replaces the rule's first.
  case defaultNetwork = "v1.multus-cni.io/default-network"
}
