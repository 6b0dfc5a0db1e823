import CLinux
import NetworkTypes

/// A network interface as the kernel reports it (`ip -details link show`).
package struct Link: Sendable {
  package let index: Int32
  package let name: String
  /// IFF_* of netdevice(7).
  package let flags: UInt32
  /// Nil for links without an address of six bytes: a tunnel may have none, or 4 bytes, and InfiniBand has 20.
  package let mac: MACAddress?
  /// In bytes.
  package let mtu: Int
  package let group: UInt32
  package let alias: String?
  package let alternativeNames: [String]
  /// The index of the bridge (or other master) that it is a port of.
  package let master: Int32?
  /// IFLA_LINK: a veth's peer, a macvlan's lower link. An index in `parentNamespace`, if that is not nil.
  package let parent: Int32?
  /// This namespace's ID for the namespace of the parent. Nil when the parent is in this namespace.
  package let parentNamespace: Int32?
  /// IF_OPER_* (RFC 2863).
  package let operationalState: UInt8
  /// How many users have asked for promiscuous mode.
  package let promiscuity: UInt32
  /// How many packets it queues for sending at most.
  package let queueLength: UInt32
  package let kind: LinkKind
  /// Nil for a link that is no bridge's port.
  package let port: BridgePort?
  /// Everything that the kernel said, for attributes that have no property here.
  package let attributes: Attributes

  package var isUp: Bool { flags & UInt32(CLINUX_IFF_UP) != 0 }
  package var isPromiscuous: Bool { flags & UInt32(CLINUX_IFF_PROMISC) != 0 }
  /// Whether it receives all multicast packets (IFF_ALLMULTI).
  package var receivesAllMulticast: Bool { flags & UInt32(CLINUX_IFF_ALLMULTI) != 0 }
  /// Whether it has a carrier (IFF_LOWER_UP).
  package var hasCarrier: Bool { flags & UInt32(CLINUX_IFF_LOWER_UP) != 0 }
  /// Whether it can carry packets: it is up and has a carrier.
  package var isRunning: Bool { operationalState == UInt8(CLINUX_IF_OPER_UP) }

  /// Nil for a message that is not RTM_NEWLINK.
  package init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWLINK) else { return nil }
    let header = try message.header(ifinfomsg.self)
    let attributes = try message.attributes(after: ifinfomsg.self)
    (index, flags, self.attributes) = (header.ifi_index, header.ifi_flags, attributes)
    name = try attributes.required(LinkAttribute.name, attributes.string(LinkAttribute.name))
    mac = attributes.mac(LinkAttribute.address)
    mtu = Int(try attributes.number(LinkAttribute.mtu, UInt32.self) ?? 0)
    group = try attributes.number(LinkAttribute.group) ?? 0
    alias = attributes.string(LinkAttribute.alias)
    alternativeNames = try attributes.nested(LinkAttribute.properties)?.all.map { Attributes.text($0.value) } ?? []
    master = try attributes.number(LinkAttribute.master)
    parent = try attributes.number(LinkAttribute.link)
    parentNamespace = try attributes.number(LinkAttribute.linkNamespace)
    operationalState = try attributes.number(LinkAttribute.operationalState) ?? 0
    promiscuity = try attributes.number(LinkAttribute.promiscuity) ?? 0
    queueLength = try attributes.number(LinkAttribute.queueLength) ?? 0
    let info = try attributes.nested(LinkAttribute.info)
    kind = try LinkKind(info)
    port = try BridgePort(info)
  }
}
