import CLinux
import NetworkTypes

/// A link to be made (`ip link add`). It is born in its namespace under its final name.
///
/// It cannot have an alias from the start: the kernel ignores IFLA_IFALIAS here. Use `LinkChange`.
package struct NewLink {
  package var name: InterfaceName
  package var kind: Kind
  package var mac: MACAddress?
  package var mtu: MTU?
  package var group: UInt32?
  /// The index of the bridge whose port it becomes at once.
  package var master: Int32?
  /// Whether it is up from the start.
  package var isUp: Bool
  /// A descriptor of the namespace that it is born in; nil for the socket's own.
  package var namespace: Int32?
  /// Words about its surroundings for errors, such as `on master eth1`.
  package var context: String?

  package enum Kind {
    case veth(peer: Peer)
    case bridge(Bridge)
    /// On the link `parent` of the socket's namespace.
    case macvlan(Macvlan, parent: Int32)
    case ifb
    /// Of a kind that needs no data, such as `dummy`.
    case other(String)
  }

  package init(
    name: InterfaceName, kind: Kind, mac: MACAddress? = nil, mtu: MTU? = nil, group: UInt32? = nil,
    master: Int32? = nil, isUp: Bool = false, namespace: Int32? = nil
  ) {
    (self.name, self.kind, self.mac, self.mtu, self.group) = (name, kind, mac, mtu, group)
    (self.master, self.isUp, self.namespace) = (master, isUp, namespace)
  }

  /// RTM_NEWLINK: fails with EEXIST if there is a link of that name.
  package var request: Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(ifinfomsg(flags: isUp ? UInt32(CLINUX_IFF_UP) : 0, change: isUp ? UInt32(CLINUX_IFF_UP) : 0))
    Self.write(&message, name: name, mac: mac, mtu: mtu, group: group, namespace: namespace)
    if let master { message.attribute(LinkAttribute.master, master) }
    if case .macvlan(_, let parent) = kind { message.attribute(LinkAttribute.link, parent) }
    message.nest(LinkAttribute.info) { kind.write(&$0) }
    return Request(.addLink, words, message)
  }

  /// Asks for an ifb with an address that no link can have. Every kernel refuses it: with EOPNOTSUPP if it lacks the kind.
  package static var probeOfIFB: Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(ifinfomsg())
    message.attribute(LinkAttribute.address, [UInt8](repeating: 0, count: 6))
    message.nest(LinkAttribute.info) { Kind.ifb.write(&$0) }
    return Request(.addLink, IFB.kind, message)
  }

  /// The link as errors call it: its name, and the values that the kernel may refuse.
  private var words: String {
    var parts = [kind.words + (context.map { " \($0)" } ?? "")]
    var (mac, mtu) = (mac, mtu)
    if case .veth(let peer) = kind {
      parts.append("peer \(peer.name)")
      (mac, mtu) = (peer.mac ?? mac, peer.mtu ?? mtu)
    }
    if let mac { parts.append("MAC \(mac)") }
    if let mtu { parts.append("MTU \(mtu.bytes)") }
    return "\(name) (\(parts.joined(separator: ", ")))"
  }

  /// The attributes that both ends of a veth pair have, and every other link.
  static func write(
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
  /// The kind as `ip link` writes it.
  fileprivate var words: String {
    switch self {
    case .veth: Veth.kind
    case .bridge: Bridge.kind
    case .macvlan: Macvlan.kind
    case .ifb: IFB.kind
    case .other(let name): name
    }
  }

  fileprivate func write(_ info: inout MessageWriter) {
    switch self {
    case .veth(let peer):
      info.attribute(LinkAttribute.Info.kind, Veth.kind.utf8)
      info.nest(LinkAttribute.Info.data) { Veth.write(peer: peer, &$0) }
    case .bridge(let bridge):
      info.attribute(LinkAttribute.Info.kind, Bridge.kind.utf8)
      info.nest(LinkAttribute.Info.data) { bridge.write(&$0) }
    case .macvlan(let macvlan, _):
      info.attribute(LinkAttribute.Info.kind, Macvlan.kind.utf8)
      info.nest(LinkAttribute.Info.data) { macvlan.write(&$0) }
    case .ifb:
      info.attribute(LinkAttribute.Info.kind, IFB.kind.utf8)
    case .other(let name):
      info.attribute(LinkAttribute.Info.kind, name.utf8)
    }
  }
}
