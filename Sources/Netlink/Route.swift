import CLinux
import Glibc
import NetworkTypes

/// A unicast route (`ip route`).
package struct Route: Hashable, Sendable {
  package var destination: CIDR
  package var gateway: IPAddress?
  /// The index of the link that it leads out by.
  package var link: Int32?
  /// The address that packets take as theirs, unless they have one.
  package var source: IPAddress?
  /// Routes of less priority value win; nil is 0 for IPv4, 1024 for IPv6.
  package var priority: UInt32?
  /// Nil is the main table, 254.
  package var table: UInt32?
  /// RT_SCOPE_*; nil is link for routes without a gateway, and universe.
  package var scope: UInt8?
  /// In bytes.
  package var mtu: UInt32?
  /// In bytes.
  package var advertisedMSS: UInt32?
  /// RTPROT_*: who made it.
  package var `protocol`: UInt8
  /// The gateway is on the link though no address says so.
  package var isOnLink: Bool

  package init(
    to destination: CIDR, via gateway: IPAddress? = nil, link: Int32?, source: IPAddress? = nil, priority: UInt32? = nil,
    table: UInt32? = nil, scope: UInt8? = nil, mtu: UInt32? = nil, advertisedMSS: UInt32? = nil, isOnLink: Bool = false
  ) {
    (self.destination, self.gateway, self.link, self.source) = (destination, gateway, link, source)
    (self.priority, self.table, self.scope, self.mtu) = (priority, table, scope, mtu)
    (self.advertisedMSS, self.isOnLink) = (advertisedMSS, isOnLink)
    self.protocol = UInt8(RTPROT_BOOT)
  }

  /// RT_SCOPE_LINK: what is on the link itself, behind no gateway.
  package static var linkScope: Int { Int(RT_SCOPE_LINK.rawValue) }

  package var isDefault: Bool { destination.prefixLength == 0 }

  /// Nil for what is no unicast route.
  package init?(_ message: Message) {
    guard message.type == UInt16(RTM_NEWROUTE), let family = message.payload.load(UInt8.self, at: 0),
      let prefix = message.payload.load(UInt8.self, at: 1), let header = message.payload.load(UInt8.self, at: 4),
      let origin = message.payload.load(UInt8.self, at: 5), let scope = message.payload.load(UInt8.self, at: 6),
      message.payload.load(UInt8.self, at: 7) == UInt8(RTN_UNICAST), let flags = message.payload.load(UInt32.self, at: 8)
    else { return nil }
    let attributes = Attributes(message.payload.dropFirst(MemoryLayout<rtmsg>.size))
    let zero = IPAddress(family: Int32(family) == AF_INET ? .ipv4 : .ipv6, value: 0)
    let address = attributes[Int(RTA_DST.rawValue)].flatMap { IPAddress(bytes: $0) } ?? zero
    guard let destination = try? CIDR(address, prefixLength: Int(prefix)) else { return nil }
    let metrics = attributes.nested(Int(RTA_METRICS.rawValue))
    self.init(
      to: destination, via: attributes[Int(RTA_GATEWAY.rawValue)].flatMap { IPAddress(bytes: $0) },
      link: attributes.number(Int(RTA_OIF.rawValue)),
      source: attributes[Int(RTA_PREFSRC.rawValue)].flatMap { IPAddress(bytes: $0) },
      priority: attributes.number(Int(RTA_PRIORITY.rawValue)),
      table: attributes.number(Int(RTA_TABLE.rawValue)) ?? UInt32(header),
      scope: scope, mtu: metrics?.number(Int(RTAX_MTU)), advertisedMSS: metrics?.number(Int(RTAX_ADVMSS)),
      isOnLink: flags & UInt32(RTNH_F_ONLINK) != 0)
    self.protocol = origin
  }

  /// `ip route add`: fails with EEXIST if there is one of the same destination, table and priority.
  package var add: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE | NLM_F_EXCL)) }
  /// `ip route prepend`: stands beside others of the same destination, and fails with EEXIST only for its like.
  package var prepend: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE)) }
  /// `ip route replace`.
  package var replace: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE | NLM_F_REPLACE)) }
  /// `ip route del`: fails with ESRCH if it is not there.
  package var delete: Request { request(.deleteRoute, UInt16(RTM_DELROUTE), 0) }

  private func request(_ operation: NetlinkError.Operation, _ type: UInt16, _ flags: UInt16) -> Request {
    var message = MessageWriter(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK) | flags)
    var header = rtmsg()
    header.rtm_family = UInt8(destination.family.kernel)
    header.rtm_dst_len = UInt8(destination.prefixLength)
    let table = table ?? UInt32(RT_TABLE_MAIN.rawValue)
    header.rtm_table = table < 256 ? UInt8(table) : UInt8(RT_TABLE_COMPAT.rawValue)
    header.rtm_protocol = self.protocol
    header.rtm_scope = scope ?? defaultScope(deletes: type == UInt16(RTM_DELROUTE))
    header.rtm_type = UInt8(RTN_UNICAST)
    header.rtm_flags = isOnLink ? UInt32(RTNH_F_ONLINK) : 0
    message.header(header)
    if destination.prefixLength > 0 { message.attribute(Int(RTA_DST.rawValue), destination.network.address.bytes) }
    if let gateway { message.attribute(Int(RTA_GATEWAY.rawValue), gateway.bytes) }
    if let link { message.attribute(Int(RTA_OIF.rawValue), link) }
    if let source { message.attribute(Int(RTA_PREFSRC.rawValue), source.bytes) }
    if let priority { message.attribute(Int(RTA_PRIORITY.rawValue), priority) }
    if table >= 256 { message.attribute(Int(RTA_TABLE.rawValue), table) }
    let metrics = [(RTAX_MTU, mtu), (RTAX_ADVMSS, advertisedMSS)].filter { $0.1 != nil }
    if !metrics.isEmpty {
      message.nest(Int(RTA_METRICS.rawValue)) { nested in
        for case (let key, let value?) in metrics { nested.attribute(Int(key), value) }
      }
    }
    return Request(operation, description, message)
  }

  private func defaultScope(deletes: Bool) -> UInt8 {
    if deletes { return UInt8(RT_SCOPE_NOWHERE.rawValue) }
    return gateway == nil && destination.family == .ipv4 ? UInt8(RT_SCOPE_LINK.rawValue) : UInt8(RT_SCOPE_UNIVERSE.rawValue)
  }
}

extension Route: CustomStringConvertible {
  /// As `ip route` writes it, with the link's index.
  package var description: String {
    var text = isDefault ? "default" : destination.network.description
    if let gateway { text += " via \(gateway)" }
    if let link { text += " dev #\(link)" }
    if let table, table != 254 { text += " table \(table)" }
    return text
  }
}

extension RouteSocket {
  /// The unicast routes of every table.
  package mutating func routesOfAllTables(_ family: AddressFamily) throws(NetlinkError) -> [Route] {
    var message = MessageWriter(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = rtmsg()
    header.rtm_family = UInt8(family.kernel)
    message.header(header)
    return try dump(Request(.showRoute, family == .ipv4 ? "inet" : "inet6", message)).compactMap { Route($0) }
  }

  /// The unicast routes of a table (nil: main), through one link if that is given.
  package mutating func routes(_ family: AddressFamily, table: UInt32? = nil, link: Int32? = nil) throws(NetlinkError) -> [Route]
  {
    let wanted = table ?? UInt32(RT_TABLE_MAIN.rawValue)
    var message = MessageWriter(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = rtmsg()
    header.rtm_family = UInt8(family.kernel)
    header.rtm_table = wanted < 256 ? UInt8(wanted) : UInt8(RT_TABLE_COMPAT.rawValue)
    message.header(header)
    message.attribute(Int(RTA_TABLE.rawValue), wanted)
    if let link { message.attribute(Int(RTA_OIF.rawValue), link) }
    do {
      return try dump(Request(.showRoute, family == .ipv4 ? "inet" : "inet6", message)).compactMap { Route($0) }
        .filter { $0.table == wanted && (link == nil || $0.link == link) }
    } catch {
      // Asked for one table that has never had a route, the kernel says ENOENT.
      if error.errno?.rawValue == ENOENT { return [] }
      throw error
    }
  }
}
