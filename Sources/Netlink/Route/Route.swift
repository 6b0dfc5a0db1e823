import CLinux
import Glibc
import NetworkTypes
import System

/// A unicast route (`ip route`).
package struct Route: Hashable, Sendable {
  package var destination: CIDR
  package var gateway: IPAddress?
  /// The index of the link by which packets leave.
  package var link: Int32?
  /// The source address of packets whose sender chose none.
  package var source: IPAddress?
  /// The route with the smallest value wins. Nil is 0 for IPv4, 1024 for IPv6.
  package var priority: UInt32?
  /// Nil is the main table, 254.
  package var table: UInt32?
  /// RT_SCOPE_*. Nil is link for IPv4 routes without a gateway, universe for all others.
  package var scope: UInt8?
  /// In bytes.
  package var mtu: UInt32?
  /// In bytes.
  package var advertisedMSS: UInt32?
  /// RTPROT_*: the kind of program that made it.
  package var `protocol`: UInt8
  /// Whether the gateway counts as on the link even if no address of the link has it in its prefix.
  package var isOnLink: Bool

  /// RTPROT_* of the routes and rules for source routing: a number that no other program has (rtnetlink(7), /etc/iproute2/rt_protos).
  package static let sourceRouting: UInt8 = 98

  package init(
    to destination: CIDR, via gateway: IPAddress? = nil, link: Int32?, source: IPAddress? = nil, priority: UInt32? = nil,
    table: UInt32? = nil, scope: UInt8? = nil, mtu: UInt32? = nil, advertisedMSS: UInt32? = nil, isOnLink: Bool = false
  ) {
    (self.destination, self.gateway, self.link, self.source) = (destination, gateway, link, source)
    (self.priority, self.table, self.scope, self.mtu) = (priority, table, scope, mtu)
    (self.advertisedMSS, self.isOnLink) = (advertisedMSS, isOnLink)
    self.protocol = UInt8(RTPROT_BOOT)
  }

  /// RT_SCOPE_LINK: the destination is on the link itself, behind no gateway.
  package static var linkScope: Int { Int(RT_SCOPE_LINK.rawValue) }
  /// RT_SCOPE_HOST: an address of this machine, or of one that it stands for.
  package static var hostScope: Int { Int(RT_SCOPE_HOST.rawValue) }

  package var isDefault: Bool { destination.prefixLength == 0 }
  /// Whether the kernel made it itself, for an address of the link.
  package var isOfKernel: Bool { self.protocol == UInt8(RTPROT_KERNEL) }
  /// Whether the kernel learned it from a router's advertisement.
  package var isAdvertised: Bool { self.protocol == UInt8(RTPROT_RA) }

  /// The routes of a message: one, or one for each next hop of a multipath route.
  ///
  /// The kernel merges IPv6 routes of one destination, table and priority into one multipath route, also routes through different
  /// links.
  ///
  /// None for a message that is not RTM_NEWROUTE, for routes that are not unicast (local, broadcast, blackhole, …), and for other
  /// families than IPv4 and IPv6.
  package static func all(in message: Message) throws(MalformedReply) -> [Route] {
    guard message.type == UInt16(RTM_NEWROUTE) else { return [] }
    let header = try message.header(rtmsg.self)
    guard header.rtm_type == UInt8(RTN_UNICAST), let family = AddressFamily(kernel: header.rtm_family) else { return [] }
    let attributes = try message.attributes(after: rtmsg.self)
    let route = try Route(header, attributes, family)
    guard let hops = attributes[RouteAttribute.multipath] else { return [route] }
    var routes: [Route] = []
    for hop in try NextHop.all(in: hops, family) {
      var copy = route
      (copy.gateway, copy.link, copy.isOnLink) = (hop.gateway, hop.link, hop.isOnLink)
      routes.append(copy)
    }
    return routes
  }

  private init(_ header: rtmsg, _ attributes: Attributes, _ family: AddressFamily) throws(MalformedReply) {
    var address = try attributes.address(RouteAttribute.destination, family)
    // Default routes have no destination.
    if header.rtm_dst_len == 0, address == nil { address = IPAddress(family: family, value: 0) }
    let destination = try CIDR(attributes.required(RouteAttribute.destination, address), prefix: header.rtm_dst_len)
    let metrics = try attributes.nested(RouteAttribute.metrics)
    self.init(
      to: destination, via: try attributes.address(RouteAttribute.gateway, family),
      link: try attributes.number(RouteAttribute.link), source: try attributes.address(RouteAttribute.source, family),
      priority: try attributes.number(RouteAttribute.priority),
      table: try attributes.number(RouteAttribute.table) ?? UInt32(header.rtm_table), scope: header.rtm_scope,
      mtu: try metrics?.number(RouteAttribute.Metric.mtu),
      advertisedMSS: try metrics?.number(RouteAttribute.Metric.advertisedMSS),
      isOnLink: header.rtm_flags & UInt32(RTNH_F_ONLINK) != 0)
    self.protocol = header.rtm_protocol
  }

  /// `ip route add`: fails with EEXIST if there is a route of the same destination, table and priority.
  package var add: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE | NLM_F_EXCL)) }
  /// `ip route prepend`: allows other routes of the same destination; fails with EEXIST only if there is an equal route.
  package var prepend: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE)) }
  /// `ip route append`: like `prepend`, but routes of the same destination stay in front.
  package var append: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE | NLM_F_APPEND)) }
  /// `ip route replace`.
  package var replace: Request { request(.addRoute, UInt16(RTM_NEWROUTE), UInt16(NLM_F_CREATE | NLM_F_REPLACE)) }
  /// `ip route del`: fails with ESRCH if there is no such route.
  package var delete: Request { request(.deleteRoute, UInt16(RTM_DELROUTE), 0) }

  private func request(_ operation: NetlinkError.Operation, _ type: UInt16, _ flags: UInt16) -> Request {
    var message = MessageWriter(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK) | flags)
    var header = rtmsg()
    header.rtm_family = UInt8(destination.family.kernel)
    header.rtm_dst_len = UInt8(destination.prefixLength)
    let table = table ?? UInt32(RT_TABLE_MAIN.rawValue)
    header.rtm_table = Self.inHeader(table)
    header.rtm_protocol = self.protocol
    header.rtm_scope = scope ?? defaultScope(deletes: type == UInt16(RTM_DELROUTE))
    header.rtm_type = UInt8(RTN_UNICAST)
    header.rtm_flags = isOnLink ? UInt32(RTNH_F_ONLINK) : 0
    message.header(header)
    if destination.prefixLength > 0 { message.attribute(RouteAttribute.destination, destination.network.address.bytes) }
    if let gateway { message.attribute(RouteAttribute.gateway, gateway.bytes) }
    if let link { message.attribute(RouteAttribute.link, link) }
    if let source { message.attribute(RouteAttribute.source, source.bytes) }
    if let priority { message.attribute(RouteAttribute.priority, priority) }
    if table >= 256 { message.attribute(RouteAttribute.table, table) }
    let metrics = [(RouteAttribute.Metric.mtu, mtu), (RouteAttribute.Metric.advertisedMSS, advertisedMSS)].filter { $0.1 != nil }
    if !metrics.isEmpty {
      message.nest(RouteAttribute.metrics) { nested in
        for case (let key, let value?) in metrics { nested.attribute(key, value) }
      }
    }
    return Request(operation, description, message)
  }

  /// The header has one byte for the table; a greater number stands in RTA_TABLE alone.
  fileprivate static func inHeader(_ table: UInt32) -> UInt8 { UInt8(exactly: table) ?? UInt8(RT_TABLE_COMPAT.rawValue) }

  private func defaultScope(deletes: Bool) -> UInt8 {
    if deletes { return UInt8(RT_SCOPE_NOWHERE.rawValue) }
    return gateway == nil && destination.family == .ipv4 ? UInt8(RT_SCOPE_LINK.rawValue) : UInt8(RT_SCOPE_UNIVERSE.rawValue)
  }
}

extension Route: CustomStringConvertible {
  /// As `ip route` writes it, with the link's index.
  package var description: String { description(dev: nil) }

  /// As `ip route` writes it. `name` is the link's name.
  package func description(dev name: String?) -> String {
    var text = isDefault ? "default" : destination.network.description
    if let gateway { text += " via \(gateway)" }
    if let link { text += " dev \(name ?? "#\(link)")" }
    if let table, table != 254 { text += " table \(table)" }
    return text
  }
}

extension RouteSocket {
  /// The route that a packet of the node to the address would take; nil if there is none.
  package mutating func route(to address: IPAddress) throws(NetlinkError) -> Route? {
    var message = MessageWriter(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST))
    var header = rtmsg()
    header.rtm_family = UInt8(address.family.kernel)
    header.rtm_dst_len = UInt8(address.family.bits)
    message.header(header)
    message.attribute(RouteAttribute.destination, address.bytes)
    let request = Request(.showRoute, "to \(address)", message, absence: [.networkUnreachable, .noRouteToHost, .noSuchDevice])
    guard let answer = try transact([request])[0] else { return nil }
    return try request.decode { () throws(MalformedReply) in try Route.all(in: answer) }.first
  }

  /// The tables that have a route of the family, of any kind.
  package mutating func tables(_ family: AddressFamily) throws(NetlinkError) -> Set<UInt32> {
    var message = MessageWriter(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = rtmsg()
    header.rtm_family = UInt8(family.kernel)
    message.header(header)
    let all = try dump(Request(.showRoute, family == .ipv4 ? "inet" : "inet6", message)) {
      (message) throws(MalformedReply) -> UInt32? in
      guard message.type == UInt16(RTM_NEWROUTE) else { return nil }
      let header = try message.header(rtmsg.self)
      return try message.attributes(after: rtmsg.self).number(RouteAttribute.table) ?? UInt32(header.rtm_table)
    }
    return Set(all)
  }

  /// The unicast routes of every table.
  package mutating func routesOfAllTables(_ family: AddressFamily) throws(NetlinkError) -> [Route] {
    try routes(family, table: nil) { _ in }
  }

  /// The unicast routes of a table (nil: main), through one link if that is given.
  package mutating func routes(_ family: AddressFamily, table: UInt32? = nil, link: Int32? = nil) throws(NetlinkError) -> [Route]
  {
    let wanted = table ?? UInt32(RT_TABLE_MAIN.rawValue)
    return try routes(family, table: wanted) { message in
      message.attribute(RouteAttribute.table, wanted)
      if let link { message.attribute(RouteAttribute.link, link) }
    }.filter { $0.table == wanted && (link == nil || $0.link == link) }
  }

  private mutating func routes(
    _ family: AddressFamily, table: UInt32?, _ filter: (inout MessageWriter) -> Void
  ) throws(NetlinkError) -> [Route] {
    var message = MessageWriter(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = rtmsg()
    header.rtm_family = UInt8(family.kernel)
    header.rtm_table = table.map(Route.inHeader) ?? 0
    message.header(header)
    filter(&message)
    // For a table that has never had a route the kernel says ENOENT.
    let absence: [Errno] = table == nil ? [.noSuchDevice] : [.noSuchDevice, .noSuchFileOrDirectory]
    return try dump(Request(.showRoute, family == .ipv4 ? "inet" : "inet6", message, absence: absence)) {
      (message) throws(MalformedReply) in try Route.all(in: message)
    }.flatMap { $0 }
  }
}
