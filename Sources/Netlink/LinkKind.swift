import CLinux

/// What a link is, with what that kind of link has of its own.
package enum LinkKind: Equatable, Sendable {
  case veth
  case bridge(Bridge)
  case macvlan(Macvlan)
  case vlan(id: UInt16)
  /// Any other kind, by the kernel's name for it.
  case other(String)
  /// A link without a kind, such as a network card or the loopback.
  case none

  init(_ info: Attributes?) {
    let data = info?.nested(LinkAttribute.Info.data)
    switch info?.string(LinkAttribute.Info.kind) {
    case "veth": self = .veth
    case "bridge": self = .bridge(Bridge(data))
    case "macvlan": self = .macvlan(Macvlan(data))
    case "vlan": self = .vlan(id: data?.number(Int(IFLA_VLAN_ID)) ?? 0)
    case .some(let name): self = .other(name)
    case nil: self = .none
    }
  }
}

/// What is particular to a bridge (`ip link add type bridge help`).
package struct Bridge: Equatable, Sendable {
  package var vlanFiltering: Bool
  /// The VLAN of ports that say none; 0 for none at all. Nil leaves the kernel's default, 1.
  package var defaultPVID: UInt16?

  package init(vlanFiltering: Bool = false, defaultPVID: UInt16? = nil) {
    (self.vlanFiltering, self.defaultPVID) = (vlanFiltering, defaultPVID)
  }

  init(_ data: Attributes?) {
    vlanFiltering = data?.number(LinkAttribute.Bridge.vlanFiltering, UInt8.self) == 1
    defaultPVID = data?.number(LinkAttribute.Bridge.defaultPVID)
  }

  func write(_ writer: inout MessageWriter) {
    if vlanFiltering { writer.attribute(LinkAttribute.Bridge.vlanFiltering, UInt8(1)) }
    if let defaultPVID { writer.attribute(LinkAttribute.Bridge.defaultPVID, defaultPVID) }
  }
}

/// What is particular to a macvlan.
package struct Macvlan: Equatable, Sendable {
  package var mode: Mode
  /// How many broadcasts the parent holds for its macvlans at the most; nil leaves it as it is.
  package var broadcastQueueLength: UInt32?

  /// How macvlans of one parent reach each other; MACVLAN_MODE_* of linux/if_link.h.
  package enum Mode: UInt32, Sendable, CaseIterable {
    case `private` = 1
    case vepa = 2
    case bridge = 4
    case passthru = 8
    case source = 16
  }

  package init(mode: Mode, broadcastQueueLength: UInt32? = nil) {
    (self.mode, self.broadcastQueueLength) = (mode, broadcastQueueLength)
  }

  init(_ data: Attributes?) {
    mode = data?.number(LinkAttribute.Macvlan.mode).flatMap(Mode.init) ?? .vepa
    broadcastQueueLength = data?.number(LinkAttribute.Macvlan.broadcastQueueLength)
  }

  func write(_ writer: inout MessageWriter) {
    writer.attribute(LinkAttribute.Macvlan.mode, mode.rawValue)
    if let broadcastQueueLength { writer.attribute(LinkAttribute.Macvlan.broadcastQueueLength, broadcastQueueLength) }
  }
}
