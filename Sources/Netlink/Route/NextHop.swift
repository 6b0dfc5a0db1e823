import CLinux
import NetworkTypes

/// One way of a multipath route (`nexthop` of ip-route(8)).
struct NextHop {
  /// Nil for a destination on the link itself.
  let gateway: IPAddress?
  /// The index of the link by which packets leave.
  let link: Int32
  /// Whether the gateway counts as on the link even if no address of the link has it in its prefix.
  let isOnLink: Bool

  /// Reads the value of RTA_MULTIPATH: structures of type rtnexthop, each with its attributes behind it (rtnetlink(7)).
  ///
  /// Throws `MalformedReply.attributeSize` if a structure does not fit.
  static func all(in value: ArraySlice<UInt8>, _ family: AddressFamily) throws(MalformedReply) -> [NextHop] {
    let header = MemoryLayout<rtnexthop>.size
    var hops: [NextHop] = []
    var rest = value
    while !rest.isEmpty {
      guard let hop = rest.load(rtnexthop.self, at: 0), case let length = Int(hop.rtnh_len), length >= header,
        length <= rest.count
      else { throw .attributeSize(type: RouteAttribute.multipath, size: rest.count) }
      let attributes = try Attributes(rest.dropFirst(header).prefix(length - header))
      hops.append(
        NextHop(
          gateway: try attributes.address(RouteAttribute.gateway, family), link: hop.rtnh_ifindex,
          isOnLink: UInt32(hop.rtnh_flags) & UInt32(RTNH_F_ONLINK) != 0))
      rest = rest.dropFirst((length + 3) & ~3)
    }
    return hops
  }
}
