import CLinux
import Glibc
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
    return Request(.showLink, label, message)
  }

  /// `ip link delete`: fails with ENODEV if it is gone. `label` is what the error calls it.
  package static func delete(index: Int32, label: String) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: index))
    return Request(.deleteLink, label, message)
  }

  /// Deletes every link of a group (IFLA_GROUP): fails with ENODEV if there is none. Group 0 is everybody's.
  static func delete(group: UInt32) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.group, group)
    return Request(.deleteLink, "group \(group)", message)
  }
}

extension RouteSocket {
  /// The link of that name, alternative names included; nil if there is none.
  package mutating func link(named name: InterfaceName) throws(NetlinkError) -> Link? {
    try get(Link.query(name)).flatMap { Link($0) }
  }

  /// The link of that index; nil if there is none.
  package mutating func link(index: Int32) throws(NetlinkError) -> Link? {
    try get(Link.query(index: index)).flatMap { Link($0) }
  }

  /// All links, or those of one group.
  package mutating func links(group: UInt32? = nil) throws(NetlinkError) -> [Link] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return try dump(Request(.showLink, "", message)).compactMap { Link($0) }.filter { group == nil || $0.group == group }
  }

  /// The ports of one bridge.
  package mutating func links(ofMaster master: Int32) throws(NetlinkError) -> [Link] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.master, master)
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return try dump(Request(.showLink, "master #\(master)", message)).compactMap { Link($0) }.filter { $0.master == master }
  }

  package mutating func add(_ link: NewLink) throws(NetlinkError) { try execute(link.request) }

  package mutating func change(_ link: Link, _ change: LinkChange) throws(NetlinkError) {
    try execute(change.request(link.index, label: link.name))
  }

  /// False if it was gone already.
  @discardableResult
  package mutating func deleteLink(index: Int32, label: String) throws(NetlinkError) -> Bool {
    try executeUnlessGone(Link.delete(index: index, label: label))
  }

  /// Deletes every link of a group in one wait; false if there was none. Group 0 is everybody's and is refused.
  @discardableResult
  package mutating func deleteLinks(group: UInt32) throws(NetlinkError) -> Bool {
    precondition(group != 0, "group 0 holds the loopback and every link that nobody grouped")
    return try executeUnlessGone(Link.delete(group: group))
  }

  private mutating func executeUnlessGone(_ request: Request) throws(NetlinkError) -> Bool {
    do {
      try execute(request)
      return true
    } catch {
      if error.errno == .noSuchDevice { return false }
      throw error
    }
  }
}
