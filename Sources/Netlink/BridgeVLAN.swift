import CLinux
import Glibc

/// A VLAN of a bridge's port, or of the bridge itself (`bridge vlan`).
package struct BridgeVLAN: Hashable, Sendable {
  /// 1 to 4094.
  package let id: UInt16
  /// Untagged packets that come in belong to it.
  package let isPVID: Bool
  /// Its packets leave without a tag.
  package let isUntagged: Bool

  package init(id: UInt16, isPVID: Bool = false, isUntagged: Bool = false) {
    (self.id, self.isPVID, self.isUntagged) = (id, isPVID, isUntagged)
  }

  /// Adds the VLANs to a port; with `onBridge` to the bridge device itself.
  package static func add(_ vlans: [BridgeVLAN], to link: Link, onBridge: Bool = false) -> Request {
    request(.addBridgeVLAN, UInt16(RTM_SETLINK), vlans, link, onBridge)
  }

  package static func delete(_ vlans: [BridgeVLAN], from link: Link, onBridge: Bool = false) -> Request {
    request(.deleteBridgeVLAN, UInt16(RTM_DELLINK), vlans, link, onBridge)
  }

  private static func request(
    _ operation: NetlinkError.Operation, _ type: UInt16, _ vlans: [BridgeVLAN], _ link: Link, _ onBridge: Bool
  ) -> Request {
    var message = MessageWriter(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(family: UInt8(AF_BRIDGE), index: link.index))
    message.nest(LinkAttribute.families) { families in
      if onBridge { families.attribute(Int(CLINUX_IFLA_BRIDGE_FLAGS), UInt16(CLINUX_BRIDGE_FLAGS_SELF)) }
      for vlan in vlans {
        var flags: UInt16 = 0
        if vlan.isPVID { flags |= UInt16(CLINUX_BRIDGE_VLAN_INFO_PVID) }
        if vlan.isUntagged { flags |= UInt16(CLINUX_BRIDGE_VLAN_INFO_UNTAGGED) }
        families.attribute(Int(CLINUX_IFLA_BRIDGE_VLAN_INFO), UInt32(vlan.id) << 16 | UInt32(flags))
      }
    }
    return Request(operation, "\(vlans.map { String($0.id) }.joined(separator: ",")) dev \(link.name)", message)
  }
}

extension RouteSocket {
  /// The VLANs of one port or bridge; empty where the kernel does no VLAN filtering.
  package mutating func bridgeVLANs(of link: Link) throws(NetlinkError) -> [BridgeVLAN] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg(family: UInt8(AF_BRIDGE)))
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_BRVLAN))
    for reply in try dump(Request(.showBridgeVLAN, link.name, message)) where reply.payload.load(Int32.self, at: 4) == link.index
    {
      let attributes = Attributes(reply.payload.dropFirst(MemoryLayout<ifinfomsg>.size))
      let entries = attributes.nested(LinkAttribute.families)?.all ?? []
      return entries.compactMap { entry in
        guard entry.type == Int(CLINUX_IFLA_BRIDGE_VLAN_INFO), let info = entry.value.load(UInt32.self, at: 0) else { return nil }
        // The structure is {flags, vid}, two bytes each.
        return BridgeVLAN(
          id: UInt16(info >> 16), isPVID: info & UInt32(CLINUX_BRIDGE_VLAN_INFO_PVID) != 0,
          isUntagged: info & UInt32(CLINUX_BRIDGE_VLAN_INFO_UNTAGGED) != 0)
      }
    }
    return []
  }
}
