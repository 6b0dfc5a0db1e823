import JSON
import Netlink
import NetworkTypes
import System
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip")) struct RouteKernelTests {
  /// A namespace with a link `a` that has 10.1.2.3/24 and fd00::3/64.
  private func withLink(_ body: (ScratchNamespace, NamespaceSocket, Link) throws -> Void) throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      try node.run("ip", "link", "set", "dev", "a", "up")
      try node.run("ip", "link", "set", "dev", "b", "up")
      let socket = try node.socket()
      let link = try #require(try socket.route.link(named: name("a")))
      try socket.route.execute([cidr("10.1.2.3/24"), cidr("fd00::3/64")].map { Address.add($0, to: link) })
      try body(node, socket, link)
    }
  }

  @Test func everythingOfARouteReachesTheKernel() throws {
    try withLink { node, socket, link in
      let route = Route(
        to: cidr("192.0.2.0/24"), via: ip("10.1.2.1"), link: link.index, source: ip("10.1.2.3"), priority: 50, table: 300,
        mtu: 1400, advertisedMSS: 1300)
      try socket.route.execute(route.add)
      let seen = try #require(try node.routes(table: "300").first)
      #expect(seen["dst"] == "192.0.2.0/24" && seen["gateway"] == "10.1.2.1" && seen["prefsrc"] == "10.1.2.3")
      #expect(seen["metric"] == 50)
      let metrics = seen["metrics"]?.array?.first?.object
      #expect(metrics?["mtu"] == 1400 && metrics?["advmss"] == 1300)
      let ours = try #require(try socket.route.routes(.ipv4, table: 300, link: link.index).first)
      #expect(ours.gateway == route.gateway && ours.mtu == 1400 && ours.priority == 50 && ours.source == route.source)
      try socket.route.execute(ours.delete)
      #expect(try socket.route.routes(.ipv4, table: 300).isEmpty)
    }
  }

  @Test func defaultRoutesOfBothFamilies() throws {
    try withLink { node, socket, link in
      let routes = [
        Route(to: cidr("0.0.0.0/0"), via: ip("10.1.2.1"), link: link.index),
        Route(to: cidr("::/0"), via: ip("fd00::1"), link: link.index),
      ]
      try socket.route.execute(routes.map(\.add))
      #expect(try node.routes().first { $0["dst"] == "default" }?["gateway"] == "10.1.2.1")
      #expect(try node.routes("-6").first { $0["dst"] == "default" }?["gateway"] == "fd00::1")
      for (family, gateway) in [(AddressFamily.ipv4, "10.1.2.1"), (.ipv6, "fd00::1")] {
        #expect(try socket.route.routes(family).first { $0.isDefault }?.gateway == ip(gateway))
      }
      let twice = refusal { () throws(NetlinkError) in try socket.route.execute(routes[0].add) }
      #expect(twice == .refused(.addRoute, object: "default via 10.1.2.1 dev #\(link.index)", .fileExists, kernel: ""))
      try socket.route.execute(routes.map(\.replace))
      try socket.route.execute(routes.map(\.delete))
      let gone = refusal { () throws(NetlinkError) in try socket.route.execute(routes[0].delete) }
      #expect(gone?.errno == .noSuchProcess)
    }
  }

  @Test func unreachableGatewayIsExplained() throws {
    try withLink { _, socket, link in
      let route = Route(to: cidr("192.0.2.0/24"), via: ip("203.0.113.1"), link: link.index)
      let error = refusal { () throws(NetlinkError) in try socket.route.execute(route.add) }
      #expect(
        error?.description
          == "add route 192.0.2.0/24 via 203.0.113.1 dev #\(link.index): Network is unreachable "
          + "(kernel: Nexthop has invalid gateway)")
      var onLink = route
      onLink.isOnLink = true
      try socket.route.execute(onLink.add)
      #expect(try socket.route.routes(.ipv4).first { $0.gateway == ip("203.0.113.1") }?.isOnLink == true)
    }
  }

  @Test func linkScopeIsThereWithoutAGateway() throws {
    try withLink { node, socket, link in
      try socket.route.execute(Route(to: cidr("192.0.2.0/24"), link: link.index).add)
      #expect(try node.routes().first { $0["dst"] == "192.0.2.0/24" }?["scope"] == "link")
    }
  }

  @Test func unknownTableIsEmpty() throws {
    try withLink { _, socket, _ in
      for family in AddressFamily.allCases {
        let routes = try socket.route.routes(family, table: 4711)
        #expect(routes.isEmpty)
      }
    }
  }

  @Test func hostBitsOfTheDestinationAreDropped() throws {
    try withLink { node, socket, link in
      try socket.route.execute(Route(to: cidr("192.0.2.77/24"), via: ip("10.1.2.1"), link: link.index).add)
      #expect(try node.routes().contains { $0["dst"] == "192.0.2.0/24" })
    }
  }
}
