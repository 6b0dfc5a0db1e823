import CLinux
import NetworkTypes

/// A network interface as the kernel reports it (`ip -details link show`).
package struct Link: Sendable {
  package let index: Int32
  package let name: String
  /// IFF_* of netdevice(7).
  package let flags: UInt32
  /// Nil for links without an address of six bytes.
  package let mac: MACAddress?
  /// In bytes.
  package let mtu: Int
  package let group: UInt32
  package let alias: String?
  package let alternativeNames: [String]
  /// The bridge (or other master) that it is a port of.
  package let master: Int32?
  /// IFLA_LINK: a veth's peer, a macvlan's lower link. An index in `parentNamespace`, if that is not nil.
  package let parent: Int32?
  /// The ID by which this namespace knows the parent's; nil when the parent is in this one.
  package let parentNamespace: Int32?
  /// IF_OPER_* (RFC 2863).
  package let operationalState: UInt8
  /// How many users want it promiscuous.
  package let promiscuity: UInt32
  /// How many packets it queues for sending.
  package let queueLength: UInt32
  package let kind: LinkKind
  package let port: BridgePort?
  /// Everything that the kernel said, for what is not above.
  package let attributes: Attributes

  package var isUp: Bool { flags & UInt32(CLINUX_IFF_UP) != 0 }
  package var isPromiscuous: Bool { flags & UInt32(CLINUX_IFF_PROMISC) != 0 }
  /// Whether its carrier is there (IFF_LOWER_UP).
  package var hasCarrier: Bool { flags & UInt32(CLINUX_IFF_LOWER_UP) != 0 }
  /// Whether it can carry packets: up, and its carrier too.
  package var isRunning: Bool { operationalState == UInt8(CLINUX_IF_OPER_UP) }

  /// Nil for a message that is no link.
  package init?(_ message: Message) {
    guard message.type == UInt16(RTM_NEWLINK), let index = message.payload.load(Int32.self, at: 4),
      let flags = message.payload.load(UInt32.self, at: 8)
    else { return nil }
    let attributes = Attributes(message.payload.dropFirst(MemoryLayout<ifinfomsg>.size))
    guard let name = attributes.string(LinkAttribute.name) else { return nil }
    self.init(index: index, name: name, flags: flags, attributes)
  }

  private init(index: Int32, name: String, flags: UInt32, _ attributes: Attributes) {
    (self.index, self.name, self.flags, self.attributes) = (index, name, flags, attributes)
    mac = attributes[LinkAttribute.address].flatMap { MACAddress(bytes: $0) }
    mtu = Int(attributes.number(LinkAttribute.mtu, UInt32.self) ?? 0)
    group = attributes.number(LinkAttribute.group) ?? 0
    alias = attributes.string(LinkAttribute.alias)
    alternativeNames = (attributes.nested(LinkAttribute.properties)?.all ?? []).map {
      String(decoding: $0.value.prefix { $0 != 0 }, as: UTF8.self)
    }
    master = attributes.number(LinkAttribute.master)
    parent = attributes.number(LinkAttribute.link)
    parentNamespace = attributes.number(LinkAttribute.linkNamespace)
    operationalState = attributes.number(LinkAttribute.operationalState) ?? 0
    promiscuity = attributes.number(LinkAttribute.promiscuity) ?? 0
    queueLength = attributes.number(LinkAttribute.queueLength) ?? 0
    let info = attributes.nested(LinkAttribute.info)
    kind = LinkKind(info)
    port =
      info?.string(LinkAttribute.Info.slaveKind) == "bridge"
      ? info?.nested(LinkAttribute.Info.slaveData).map(BridgePort.init) : nil
  }
}
