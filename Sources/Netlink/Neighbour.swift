import CLinux
import Glibc
import NetworkTypes

/// Which hardware address an IP address has on a link (`ip neighbour`).
package struct Neighbour: Hashable, Sendable {
  package let link: Int32
  package let address: IPAddress
  /// Nil while it is not known.
  package let mac: MACAddress?
  /// NUD_* of rtnetlink(7).
  package let state: UInt16

  /// Whether somebody set it, so that it never changes by itself.
  package var isPermanent: Bool { state & UInt16(NUD_PERMANENT) != 0 }

  /// Nil for a message that is no neighbour with an IP address.
  package init?(_ message: Message) {
    guard message.type == UInt16(RTM_NEWNEIGH), let link = message.payload.load(Int32.self, at: 4),
      let state = message.payload.load(UInt16.self, at: 8)
    else { return nil }
    let attributes = Attributes(message.payload.dropFirst(MemoryLayout<ndmsg>.size))
    guard let address = attributes[Int(NDA_DST)].flatMap({ IPAddress(bytes: $0) }) else { return nil }
    (self.link, self.address, self.state) = (link, address, state)
    mac = attributes[Int(NDA_LLADDR)].flatMap { MACAddress(bytes: $0) }
  }

  /// `ip neighbour replace … nud permanent`.
  package static func set(_ address: IPAddress, mac: MACAddress, on link: Link) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWNEIGH), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE))
    write(&message, address, link, state: UInt16(NUD_PERMANENT))
    message.attribute(Int(NDA_LLADDR), mac.bytes)
    return Request(.addNeighbour, "\(address) dev \(link.name)", message)
  }

  /// `ip neighbour del`: fails with ENOENT if it is not there.
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
    message.attribute(Int(NDA_DST), address.bytes)
  }
}

extension RouteSocket {
  /// The neighbours of one link, or of all.
  package mutating func neighbours(of link: Link? = nil) throws(NetlinkError) -> [Neighbour] {
    var message = MessageWriter(type: UInt16(RTM_GETNEIGH), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    // With strict checking the header must be zero, and the link is an attribute.
    message.header(ndmsg())
    if let link { message.attribute(Int(NDA_IFINDEX), link.index) }
    return try dump(Request(.showNeighbour, link?.name ?? "", message)).compactMap { Neighbour($0) }
      .filter { link == nil || $0.link == link?.index }
  }
}
