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
    let runs = runs(of: vlans)
    message.nest(LinkAttribute.families) { families in
      if onBridge { families.attribute(Int(CLINUX_IFLA_BRIDGE_FLAGS), UInt16(CLINUX_BRIDGE_FLAGS_SELF)) }
      for run in runs { run.write(&families) }
    }
    let names = runs.map { $0.count == 1 ? "\($0.first.id)" : "\($0.first.id)-\($0.last.id)" }
    return Request(operation, "\(names.joined(separator: ",")) dev \(link.name)", message)
  }

  /// VLANs that follow one another with the same flags; the kernel takes a run in two entries.
  private struct Run {
    let first: BridgeVLAN
    var last: BridgeVLAN
    var count = 1

    func write(_ families: inout MessageWriter) {
      guard count > 1 else { return first.write(&families, range: 0) }
      first.write(&families, range: UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_BEGIN))
      last.write(&families, range: UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_END))
    }
  }

  private static func runs(of vlans: [BridgeVLAN]) -> [Run] {
    var runs: [Run] = []
    for vlan in vlans.sorted(by: { $0.id < $1.id }) {
      // There is one PVID; the kernel refuses it in a range.
      if let last = runs.last?.last, last.id &+ 1 == vlan.id, last.flags == vlan.flags, !vlan.isPVID {
        runs[runs.count - 1].last = vlan
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(first: vlan, last: vlan))
      }
    }
    return runs
  }

  private var flags: UInt16 {
    (isPVID ? UInt16(CLINUX_BRIDGE_VLAN_INFO_PVID) : 0) | (isUntagged ? UInt16(CLINUX_BRIDGE_VLAN_INFO_UNTAGGED) : 0)
  }

  /// struct bridge_vlan_info: flags, then the VLAN, two bytes each.
  private func write(_ families: inout MessageWriter, range: UInt16) {
    families.attribute(Int(CLINUX_IFLA_BRIDGE_VLAN_INFO), [flags | range, id].flatMap { withUnsafeBytes(of: $0, Array.init) })
  }

  /// The VLANs in what RTM_GETLINK of AF_BRIDGE says of a port.
  package static func all(in message: Message) -> [BridgeVLAN] {
    let attributes = Attributes(message.payload.dropFirst(MemoryLayout<ifinfomsg>.size))
    var found: [BridgeVLAN] = []
    var begin: UInt16?
    for entry in attributes.nested(LinkAttribute.families)?.all ?? []
    where entry.type == Int(CLINUX_IFLA_BRIDGE_VLAN_INFO) {
      guard let flags = entry.value.load(UInt16.self, at: 0), let id = entry.value.load(UInt16.self, at: 2) else { continue }
      if flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0 {
        begin = id
        continue
      }
      let first = flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_END) != 0 ? begin ?? id : id
      begin = nil
      guard first <= id, id < 4096 else { continue }
      found += (first...id).map {
        BridgeVLAN(
          id: $0, isPVID: flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_PVID) != 0,
          isUntagged: flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_UNTAGGED) != 0)
      }
    }
    return found
  }
}

extension RouteSocket {
  /// The VLANs of one port or bridge; empty where the kernel does no VLAN filtering.
  package mutating func bridgeVLANs(of link: Link) throws(NetlinkError) -> [BridgeVLAN] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg(family: UInt8(AF_BRIDGE)))
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))
    for reply in try dump(Request(.showBridgeVLAN, link.name, message)) where reply.payload.load(Int32.self, at: 4) == link.index
    {
      return BridgeVLAN.all(in: reply)
    }
    return []
  }
}
