import CLinux
import NetworkTypes
import System

extension Link {
  /// Asks for the link of that name, alternative names included.
  package static func query(_ name: InterfaceName) -> Request { query(ifinfomsg(), name: name, label: name.text) }

  /// Asks for the link of that index.
  package static func query(index: Int32) -> Request { query(ifinfomsg(index: index), name: nil, label: "#\(index)") }

  private static func query(_ header: ifinfomsg, name: InterfaceName?, label: String) -> Request {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST))
    message.header(header)
    if let name { message.attribute(LinkAttribute.name, string: name.text) }
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return Request(.showLink, label, message, absence: [.noSuchDevice])
  }

  /// `ip link delete`: fails with ENODEV if it is gone. `label` is the link's name in errors. Without `namespace` the link is in the
  /// socket's own.
  package static func delete(index: Int32, label: String, in namespace: NamespaceNumber? = nil) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: index))
    if let namespace { message.attribute(LinkAttribute.targetNamespace, namespace.value) }
    return Request(.deleteLink, label, message)
  }

  /// Deletes every link of a group (IFLA_GROUP): fails with ENODEV if there is none.
  ///
  /// The group must not be 0, to which every link without a group of its own belongs.
  static func delete(group: UInt32) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.group, group)
    return Request(.deleteLink, "group \(group)", message)
  }
}

extension ifinfomsg {
  init(family: UInt8 = 0, index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
    self.init()
    ifi_family = family
    ifi_index = index
    ifi_flags = flags
    ifi_change = change
  }
}
