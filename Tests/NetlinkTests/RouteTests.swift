import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Routes in both directions.
@Suite struct RouteTests {
  @Test func routeIsRead() throws {
    let route = try #require(try Message.all(in: Captured.route).flatMap { try Route.all(in: $0) }.first)
    var expected = Route(
      to: cidr("192.0.2.0/24"), via: ip("10.1.2.1"), link: 2, source: ip("10.1.2.3"), priority: 50, table: 300,
      scope: 0, mtu: 1400, advertisedMSS: 1300, isOnLink: true)
    expected.protocol = UInt8(RTPROT_BOOT)
    #expect(route == expected)
  }

  @Test func routesAreAdded() throws {
    // ip route add 192.0.2.0/24 via 10.1.2.1 dev v1 mtu 1400 advmss 1300 table 300 metric 50
    let rich = bytes(
      """
      5800000018000506e8e4036b0000000002180000000300010000000008000100c0000200080005000a01020108000f002c0100000800060032000000
      08000400030000001400080008000200780500000800080014050000
      """)
    let route = Route(
      to: cidr("192.0.2.77/24"), via: ip("10.1.2.1"), link: 3, priority: 50, table: 300, mtu: 1400, advertisedMSS: 1300)
    // The header has one byte for the table. For a table above 255, ip(8) writes 0 there. We write RT_TABLE_COMPAT, like the kernel.
    var expected = rich
    expected[16 + 4] = 0xfc
    #expect(route.add.meaning(header: 12, nests: [[8]: 0]) == Meaning(expected, header: 12, nests: [[8]: 0]))
    // ip route add default via 10.1.2.1 dev v1
    let plain = bytes("2c00000018000506e9e4036b0000000002000000fe03000100000000080005000a0102010800040003000000")
    let gateway = Route(to: cidr("0.0.0.0/0"), via: ip("10.1.2.1"), link: 3)
    #expect(gateway.add.meaning(header: 12) == Meaning(plain, header: 12))
    #expect(gateway.description == "default via 10.1.2.1 dev #3")
  }

  /// Each next hop of a multipath route is a route.
  @Test func multipathRoutesAreRead() throws {
    for (captured, destination, gateways) in [
      (Captured.multipathRoute6, "fd12::/48", ["fd01::1", "fd02::1"]),
      (Captured.multipathRoute, "192.0.2.0/24", ["10.1.2.1", "10.2.2.1"]),
    ] {
      let routes = try Message.all(in: captured).flatMap { try Route.all(in: $0) }
      #expect(routes.map(\.destination) == [cidr(destination), cidr(destination)])
      #expect(routes.map(\.gateway) == gateways.map(ip) && routes.map(\.link) == [3, 5] && routes.allSatisfy { $0.table == 254 })
    }
  }

  @Test func brokenNextHopsAreErrors() {
    // A structure that is cut, one that is shorter than itself, and one that is longer than its attribute.
    for hop in [[8, 0, 0], [4, 0, 0, 0, 3, 0, 0, 0], [12, 0, 0, 0, 3, 0, 0, 0]] as [[UInt8]] {
      #expect(throws: MalformedReply.attributeSize(type: RouteAttribute.multipath, size: hop.count)) {
        try route(AF_INET) { $0.attribute(RouteAttribute.multipath, hop) }
      }
    }
  }

  @Test func otherRoutesAreSkipped() throws {
    // RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST, RTN_BLACKHOLE; then the family of multicast forwarding, RTNL_FAMILY_IPMR.
    for type in [2, 3, 5, 6] as [UInt8] { #expect(try route(AF_INET, type: type) { _ in } == nil) }
    #expect(try route(128, type: 1) { _ in } == nil)
    #expect(try Message.all(in: Captured.addresses).allSatisfy { try Route.all(in: $0).isEmpty })
  }

  @Test func defaultRoutesHaveNoDestination() throws {
    #expect(try route(AF_INET) { _ in }?.destination == cidr("0.0.0.0/0"))
    let route = try route(AF_INET6) { $0.attribute(RouteAttribute.link, Int32(3)) }
    #expect(route?.destination == cidr("::/0") && route?.link == 3)
  }

  @Test func brokenRoutesAreErrors() {
    #expect(throws: MalformedReply.attributeMissing(type: 1)) { try route(AF_INET, prefix: 24) { _ in } }
    #expect(throws: MalformedReply.prefixLength(129)) {
      try route(AF_INET6, prefix: 129) { $0.attribute(RouteAttribute.destination, ip("fd00::").bytes) }
    }
    for type in [RouteAttribute.destination, RouteAttribute.gateway, RouteAttribute.source] {
      #expect(throws: MalformedReply.attributeSize(type: type, size: 16)) {
        try route(AF_INET) { $0.attribute(type, ip("fd00::1").bytes) }
      }
    }
    for type in [RouteAttribute.link, RouteAttribute.priority, RouteAttribute.table] {
      #expect(throws: MalformedReply.attributeSize(type: type, size: 1)) { try route(AF_INET) { $0.attribute(type, [1]) } }
    }
    #expect(throws: MalformedReply.attributeSize(type: 2, size: 2)) {
      try route(AF_INET) { $0.nest(RouteAttribute.metrics) { $0.attribute(RouteAttribute.Metric.mtu, UInt16(1400)) } }
    }
  }

  private func route(
    _ family: Int32, prefix: UInt8 = 0, type: UInt8 = UInt8(RTN_UNICAST), _ body: (inout MessageWriter) -> Void
  ) throws -> Route? {
    let datagram = Reply.message(Int32(RTM_NEWROUTE), 0) {
      var header = rtmsg()
      (header.rtm_family, header.rtm_dst_len, header.rtm_type) = (UInt8(family), prefix, type)
      $0.header(header)
      body(&$0)
    }
    return try Message.all(in: datagram).first.flatMap { try Route.all(in: $0).first }
  }
}
