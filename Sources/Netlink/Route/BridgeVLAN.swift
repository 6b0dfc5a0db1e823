import CLinux
import Glibc

/// A VLAN of a bridge's port, or of the bridge itself (`bridge vlan`).
package struct BridgeVLAN: Hashable, Sendable {
  /// 1 to 4094.
  package let id: UInt16
  /// Whether untagged packets that come in belong to it.
  package let isPVID: Bool
  /// Whether its packets leave without a tag.
  package let isUntagged: Bool

  package init(id: UInt16, isPVID: Bool = false, isUntagged: Bool = false) {
    (self.id, self.isPVID, self.isUntagged) = (id, isPVID, isUntagged)
  }

  /// Adds the VLANs to a port, or with `onBridge` to the bridge device itself.
  package static func add(_ vlans: [BridgeVLAN], to link: Link, onBridge: Bool = false) -> Request {
    request(.addBridgeVLAN, UInt16(RTM_SETLINK), vlans, link, onBridge)
  }

  /// Takes the VLANs from a port, or with `onBridge` from the bridge device itself.
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
      if onBridge { families.attribute(LinkAttribute.BridgeFamily.flags, UInt16(CLINUX_BRIDGE_FLAGS_SELF)) }
      for run in runs { run.write(&families) }
    }
    let names = runs.map { $0.count == 1 ? "\($0.first.id)" : "\($0.first.id)-\($0.last.id)" }
    return Request(operation, "\(names.joined(separator: ",")) dev \(link.name)", message)
  }

  /// VLANs with consecutive numbers and the same flags. In a message, a run is two entries: its first VLAN and its last.
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
      // A port has one PVID, and the kernel refuses that flag in a run.
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

  /// Writes a struct bridge_vlan_info: the flags and the VLAN's number, two bytes each.
  private func write(_ families: inout MessageWriter, range: UInt16) {
    families.attribute(LinkAttribute.BridgeFamily.vlan, [flags | range, id].flatMap { withUnsafeBytes(of: $0, Array.init) })
  }

  /// The VLANs in the kernel's message about one port (RTM_NEWLINK of AF_BRIDGE).
  package static func all(in message: Message) throws(MalformedReply) -> [BridgeVLAN] {
    _ = try message.header(ifinfomsg.self)
    let families = try message.attributes(after: ifinfomsg.self).nested(LinkAttribute.families)
    var reader = RunReader()
    for entry in families?.all ?? [] where entry.type == LinkAttribute.BridgeFamily.vlan { try reader.take(entry.value) }
    guard reader.begin == nil else { throw .attributeValue(type: LinkAttribute.BridgeFamily.vlan) }
    return reader.vlans
  }

  /// Puts runs together again, whose first and last VLAN come in an entry each.
  private struct RunReader {
    var vlans: [BridgeVLAN] = []
    /// The first VLAN of a run whose last has not come yet.
    var begin: UInt16?

    mutating func take(_ entry: ArraySlice<UInt8>) throws(MalformedReply) {
      let type = LinkAttribute.BridgeFamily.vlan
      guard entry.count == 4, let flags = entry.load(UInt16.self, at: 0), let id = entry.load(UInt16.self, at: 2) else {
        throw .attributeSize(type: type, size: entry.count)
      }
      let isLast = flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_END) != 0
      guard id < 4096, isLast || begin == nil else { throw .attributeValue(type: type) }
      if flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0 {
        begin = id
        return
      }
      let first = begin ?? id
      guard first <= id else { throw .attributeValue(type: type) }
      begin = nil
      vlans += (first...id).map {
        BridgeVLAN(
          id: $0, isPVID: flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_PVID) != 0,
          isUntagged: flags & UInt16(CLINUX_BRIDGE_VLAN_INFO_UNTAGGED) != 0)
      }
    }
  }
}

extension RouteSocket {
  /// The VLANs of one port or bridge; empty if the kernel does no VLAN filtering.
  package mutating func bridgeVLANs(of link: Link) throws(NetlinkError) -> [BridgeVLAN] {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg(family: UInt8(AF_BRIDGE)))
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))
    let request = Request(.showBridgeVLAN, link.name, message, absence: [.noSuchDevice])
    let found = try dump(request) { (message) throws(MalformedReply) -> [BridgeVLAN]? in
      guard message.type == UInt16(RTM_NEWLINK), try message.header(ifinfomsg.self).ifi_index == link.index else { return nil }
      return try BridgeVLAN.all(in: message)
    }
    return found.first ?? []
  }
}
