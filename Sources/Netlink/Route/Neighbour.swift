import CLinux
import NetworkTypes

/// The hardware address that belongs to an IP address on a link (`ip neighbour`).
package struct Neighbour: Hashable, Sendable {
  /// The link's index.
  package let link: Int32
  package let address: IPAddress
  /// Nil while the kernel does not know it, and for hardware addresses that are not six bytes long.
  package let mac: MACAddress?
  /// NUD_* of rtnetlink(7).
  package let state: UInt16

  /// Whether it was set by hand. The kernel never changes or forgets such an entry.
  package var isPermanent: Bool { state & UInt16(NUD_PERMANENT) != 0 }

  /// Nil for a message that is not RTM_NEWNEIGH, and for a neighbour without an IP address, such as a bridge's forwarding
  /// entry.
  package init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWNEIGH) else { return nil }
    let header = try message.header(ndmsg.self)
    guard let family = AddressFamily(kernel: header.ndm_family) else { return nil }
    let attributes = try message.attributes(after: ndmsg.self)
    guard let address = try attributes.address(NeighbourAttribute.address, family) else { return nil }
    (link, self.address, state) = (header.ndm_ifindex, address, header.ndm_state)
    mac = attributes.mac(NeighbourAttribute.mac)
  }

  /// `ip neighbour replace … nud permanent`.
  package static func set(_ address: IPAddress, mac: MACAddress, on link: Link) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWNEIGH), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE))
    write(&message, address, link, state: UInt16(NUD_PERMANENT))
    message.attribute(NeighbourAttribute.mac, mac.bytes)
    return Request(.addNeighbour, "\(address) dev \(link.name)", message)
  }

  /// `ip neighbour del`: fails with ENOENT if there is no such entry.
  package static func delete(_ address: IPAddress, from link: Link) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELNEIGH), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    write(&message, address, link, state: 0)
    return Request(.deleteNeighbour, "\(address) dev \(link.name)", message)
  }

  private static func write(_ message: inout MessageWriter, _ address: IPAddress, _ link: Link, state: UInt16) {
    var header = ndmsg()
    header.ndm_family = UInt8(address.family.kernel)
    header.ndm_ifindex = link.index
    header.ndm_state = state
    message.header(header)
    message.attribute(NeighbourAttribute.address, address.bytes)
  }
}

extension RouteSocket {
  /// The neighbours of one link, or of all.
  package mutating func neighbours(of link: Link? = nil) throws(NetlinkError) -> [Neighbour] {
    var message = MessageWriter(type: UInt16(RTM_GETNEIGH), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    // With strict checking the header must be zero, so the link is an attribute.
    message.header(ndmsg())
    if let link { message.attribute(NeighbourAttribute.link, link.index) }
    return try dump(Request(.showNeighbour, link?.name ?? "", message, absence: [.noSuchDevice])) {
      (message) throws(MalformedReply) in try Neighbour(message)
    }.filter { link == nil || $0.link == link?.index }
  }
}
