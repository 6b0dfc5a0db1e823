import CLinux
import Glibc
import NetworkTypes
import System

/// A link to be made (`ip link add`), born in its namespace under its final name.
package struct NewLink {
  package var name: InterfaceName
  package var kind: Kind
  package var mac: MACAddress?
  package var mtu: MTU?
  package var group: UInt32?
  /// The bridge whose port it becomes at once.
  package var master: Int32?
  /// Up from the start. Not for a link whose name another namespace chooses at the same time.
  package var isUp: Bool
  /// A descriptor of the namespace that it is born in; nil for the socket's own.
  package var namespace: Int32?

  package enum Kind {
    case veth(peer: Peer)
    case bridge(Bridge)
    /// On the link `parent` of the socket's namespace.
    case macvlan(Macvlan, parent: Int32)
  }

  /// The other end of a veth pair.
  package struct Peer {
    package var name: InterfaceName
    package var mac: MACAddress?
    package var mtu: MTU?
    package var group: UInt32?
    /// A descriptor of the namespace that it is born in; nil for the socket's own.
    package var namespace: Int32?
    package var isUp: Bool

    package init(
      name: InterfaceName, mac: MACAddress? = nil, mtu: MTU? = nil, group: UInt32? = nil, namespace: Int32? = nil,
      isUp: Bool = false
    ) {
      (self.name, self.mac, self.mtu, self.group, self.namespace, self.isUp) = (name, mac, mtu, group, namespace, isUp)
    }
  }

  package init(
    name: InterfaceName, kind: Kind, mac: MACAddress? = nil, mtu: MTU? = nil, group: UInt32? = nil,
    master: Int32? = nil, isUp: Bool = false, namespace: Int32? = nil
  ) {
    (self.name, self.kind, self.mac, self.mtu, self.group) = (name, kind, mac, mtu, group)
    (self.master, self.isUp, self.namespace) = (master, isUp, namespace)
  }

  /// RTM_NEWLINK that fails with EEXIST if there is a link of the name.
  package var request: Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(ifinfomsg(flags: isUp ? UInt32(CLINUX_IFF_UP) : 0, change: isUp ? UInt32(CLINUX_IFF_UP) : 0))
    Self.write(&message, name: name, mac: mac, mtu: mtu, group: group, namespace: namespace)
    if let master { message.attribute(LinkAttribute.master, master) }
    if case .macvlan(_, let parent) = kind { message.attribute(LinkAttribute.link, parent) }
    message.nest(LinkAttribute.info) { kind.write(&$0) }
    return Request(.addLink, name.text, message)
  }

  fileprivate static func write(
    _ message: inout MessageWriter, name: InterfaceName, mac: MACAddress?, mtu: MTU?, group: UInt32?, namespace: Int32?
  ) {
    message.attribute(LinkAttribute.name, string: name.text)
    if let mac { message.attribute(LinkAttribute.address, mac.bytes) }
    if let mtu { message.attribute(LinkAttribute.mtu, mtu.bytes) }
    if let group { message.attribute(LinkAttribute.group, group) }
    if let namespace { message.attribute(LinkAttribute.namespaceDescriptor, namespace) }
  }
}

extension NewLink.Kind {
  fileprivate func write(_ info: inout MessageWriter) {
    switch self {
    case .veth(let peer):
      info.attribute(LinkAttribute.Info.kind, string: "veth")
      info.nest(LinkAttribute.Info.data) { data in data.nest(Int(VETH_INFO_PEER)) { peer.write(&$0) } }
    case .bridge(let bridge):
      info.attribute(LinkAttribute.Info.kind, string: "bridge")
      info.nest(LinkAttribute.Info.data) { bridge.write(&$0) }
    case .macvlan(let macvlan, _):
      info.attribute(LinkAttribute.Info.kind, string: "macvlan")
      info.nest(LinkAttribute.Info.data) { macvlan.write(&$0) }
    }
  }
}

extension NewLink.Peer {
  fileprivate func write(_ message: inout MessageWriter) {
    message.header(ifinfomsg(flags: isUp ? UInt32(CLINUX_IFF_UP) : 0, change: isUp ? UInt32(CLINUX_IFF_UP) : 0))
    NewLink.write(&message, name: name, mac: mac, mtu: mtu, group: group, namespace: namespace)
  }
}

/// Changes to a link that is there (`ip link set`); nil leaves a thing as it is.
package struct LinkChange {
  package var isUp: Bool?
  package var isPromiscuous: Bool?
  package var mac: MACAddress?
  package var mtu: MTU?
  /// The index of the bridge; 0 for none.
  package var master: Int32?
  package var name: InterfaceName?
  package var alias: String?
  package var group: UInt32?

  package init(
    isUp: Bool? = nil, isPromiscuous: Bool? = nil, mac: MACAddress? = nil, mtu: MTU? = nil, master: Int32? = nil,
    name: InterfaceName? = nil, alias: String? = nil, group: UInt32? = nil
  ) {
    (self.isUp, self.isPromiscuous, self.mac, self.mtu) = (isUp, isPromiscuous, mac, mtu)
    (self.master, self.name, self.alias, self.group) = (master, name, alias, group)
  }

  /// `label` is what the error calls the link.
  package func request(_ index: Int32, label: String) -> Request {
    var (flags, change) = (0 as UInt32, 0 as UInt32)
    for (wanted, flag) in [(isUp, CLINUX_IFF_UP), (isPromiscuous, CLINUX_IFF_PROMISC)] {
      guard let wanted else { continue }
      change |= UInt32(flag)
      if wanted { flags |= UInt32(flag) }
    }
    var message = MessageWriter(type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: index, flags: flags, change: change))
    if let mac { message.attribute(LinkAttribute.address, mac.bytes) }
    if let mtu { message.attribute(LinkAttribute.mtu, mtu.bytes) }
    if let master { message.attribute(LinkAttribute.master, master) }
    if let name { message.attribute(LinkAttribute.name, string: name.text) }
    if let alias { message.attribute(LinkAttribute.alias, alias.utf8) }
    if let group { message.attribute(LinkAttribute.group, group) }
    return Request(.setLink, label, message)
  }
}

extension RouteSocket {
  /// The link of that name, alternative names included; nil if there is none.
  package mutating func link(named name: InterfaceName) throws(NetlinkError) -> Link? {
    try link(ifinfomsg(), name: name, label: name.text)
  }

  /// The link of that index; nil if there is none.
  package mutating func link(index: Int32) throws(NetlinkError) -> Link? {
    try link(ifinfomsg(index: index), name: nil, label: "#\(index)")
  }

  private mutating func link(_ header: ifinfomsg, name: InterfaceName?, label: String) throws(NetlinkError) -> Link? {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(header)
    if let name { message.attribute(LinkAttribute.name, string: name.text) }
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return try get(Request(.showLink, label, message)).flatMap { Link($0) }
  }

  package mutating func links() throws(NetlinkError) -> [Link] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return try dump(Request(.showLink, "", message)).compactMap { Link($0) }
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
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: index))
    return try executeUnlessGone(Request(.deleteLink, label, message))
  }

  /// Deletes every link of a group in one wait (IFLA_GROUP); false if there was none. Group 0 is everybody's and is refused.
  @discardableResult
  package mutating func deleteLinks(group: UInt32) throws(NetlinkError) -> Bool {
    precondition(group != 0, "group 0 holds the loopback and every link that nobody grouped")
    var message = MessageWriter(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.group, group)
    return try executeUnlessGone(Request(.deleteLink, "group \(group)", message))
  }

  private mutating func executeUnlessGone(_ request: Request) throws(NetlinkError) -> Bool {
    do {
      try execute(request)
      return true
    } catch {
      if error.errno == Errno(rawValue: ENODEV) { return false }
      throw error
    }
  }
}
