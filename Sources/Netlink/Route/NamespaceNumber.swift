import CLinux

/// The number by which one network namespace knows another (`ip netns list-id`).
///
/// The kernel gives a namespace a number in every namespace that has a link to it or that a link has left for it.
package struct NamespaceNumber: Hashable, Sendable {
  package let value: Int32

  /// Nil for a message that is not RTM_NEWNSID.
  init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWNSID) else { return nil }
    // The attributes begin at a multiple of four bytes.
    let attributes = try Attributes(message.payload.dropFirst(4))
    value = try attributes.required(Int(NETNSA_NSID), attributes.number(Int(NETNSA_NSID)))
  }

  static var list: Request {
    var message = MessageWriter(type: UInt16(RTM_GETNSID), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(rtgenmsg())
    return Request(.showNamespace, "", message)
  }
}

extension RouteSocket {
  /// The namespaces that this one knows.
  package mutating func namespaces() throws(NetlinkError) -> [NamespaceNumber] {
    try dump(NamespaceNumber.list) { (message) throws(MalformedReply) in try NamespaceNumber(message) }
  }

  /// The macvlans of another namespace. Linux knows the request since 4.16.
  package mutating func macvlans(in namespace: NamespaceNumber) throws(NetlinkError) -> [Link] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.targetNamespace, namespace.value)
    message.nest(LinkAttribute.info) { $0.attribute(LinkAttribute.Info.kind, string: Macvlan.kind) }
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return try dump(Request(.showLink, "namespace \(namespace.value)", message)) { (message) throws(MalformedReply) in
      // A kernel that does not know the attribute lists its own namespace's links.
      guard let link = try Link(message), try link.attributes.number(LinkAttribute.targetNamespace) == namespace.value else {
        return nil
      }
      return link
    }
  }

  /// Deletes a link of another namespace; false if it was gone already.
  @discardableResult
  package mutating func delete(_ link: Link, in namespace: NamespaceNumber) throws(NetlinkError) -> Bool {
    try executeUnlessGone(Link.delete(index: link.index, label: link.name, in: namespace))
  }
}
