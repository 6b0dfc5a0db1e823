import CNI
import JSON
import NetworkTypes
import Plugins
import TestSupport
import Testing

@testable import Engine

/// The Pod's default routes after a chain has run, in the kernel and in the result.
@Suite(.needsRoot, .needs(program: "ip")) struct DefaultRouteKeeperTests {
  private let host: ScratchNamespace
  private let container: ScratchNamespace

  init() throws {
    (host, container) = (try ScratchNamespace(), try ScratchNamespace())
    try container.turnOffDuplicateDetection()
    try container.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other")
    for link in ["eth0", "other"] { try container.run("ip", "link", "set", link, "up") }
    try container.run("ip", "addr", "add", "192.0.2.2/24", "dev", "eth0")
    try container.run("ip", "addr", "add", "fd00::2/64", "dev", "eth0", "nodad")
  }

  private func settle(
    _ route: PlannedAttachment.DefaultRoute, delegate: String = "outsider", routes: [CNIResult.Route] = [],
    gateways: [String] = ["192.0.2.1", "fd00::1"]
  ) throws -> CNIResult {
    let attachment = PlannedAttachment(
      network: network("net"), interface: name("eth0"), defaultRoute: route,
      delegates: [PlannedDelegate(type: delegate, configuration: ["name": "net", "type": .string(delegate)])], args: .none,
      isChecked: true, isInResult: true)
    let ips = zip(["192.0.2.2/24", "fd00::2/64"], gateways).map { address, gateway in
      CNIResult.IP(address: cidr(address), gateway: gateway.isEmpty ? nil : ip(gateway))
    }
    let netns = container.path
    return try host.visit {
      try DefaultRouteKeeper(node: Node(), netns: netns).settle(attachment, CNIResult(ips: ips, routes: routes))
    }
  }

  private func defaults() throws -> [String] {
    try ["-4", "-6"].flatMap { family in
      try container.run("ip", family, "route", "show", "default").split(separator: "\n").map { line in
        line.split(separator: " ").prefix(3).joined(separator: " ")
      }
    }
  }

  private let both = [CNIResult.Route(dst: cidr("0.0.0.0/0"), gw: ip("192.0.2.1")), .init(dst: cidr("::/0"), gw: ip("fd00::1"))]

  private func install() throws {
    try container.run("ip", "route", "add", "default", "via", "192.0.2.1")
    try container.run("ip", "-6", "route", "add", "default", "via", "fd00::1", "dev", "eth0")
    try container.run("ip", "route", "add", "default", "via", "192.0.2.1", "table", "100")
  }

  @Test func whatAnOutsiderInstalledGoesUnlessItIsTheOwners() throws {
    try install()
    let settled = try settle(.init(allowed: [.ipv4]), routes: both)
    #expect(try defaults() == ["default via 192.0.2.1"])
    #expect(settled.routes == [both[0]])
    #expect(try settle(.init(), routes: both).routes == [] && defaults() == [])
    // A default route in another table is left alone.
    #expect(try container.run("ip", "route", "show", "table", "100").hasPrefix("default via 192.0.2.1"))
  }

  /// The kernel merges IPv6 default routes through several links into one. Only the part of the attachment's link goes.
  @Test func anotherLinksPartOfAMergedRouteStays() throws {
    try install()
    try container.run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "other1")
    for link in ["eth1", "other1"] { try container.run("ip", "link", "set", link, "up") }
    try container.run("ip", "addr", "add", "fd01::2/64", "dev", "eth1", "nodad")
    try container.run("ip", "-6", "route", "append", "default", "via", "fd01::1", "dev", "eth1")
    #expect(try container.run("ip", "-6", "route", "show", "default").contains("nexthop via fd00::1 dev eth0"))
    #expect(try settle(.init(allowed: [.ipv4]), routes: both).routes == [both[0]])
    #expect(try defaults() == ["default via 192.0.2.1", "default via fd01::1"])
  }

  @Test func delegatesThatHeedTheOptionsAreNotLookedAfter() throws {
    try install()
    #expect(try settle(.init(), delegate: "bridge", routes: both).routes == [])
    #expect(try defaults().count == 2)
  }

  @Test func theOwnerByWordGetsADefaultRouteThroughItsGateway() throws {
    let settled = try settle(.init(required: [.ipv4, .ipv6]))
    #expect(try defaults() == ["default via 192.0.2.1", "default via fd00::1"])
    #expect(settled.routes == both)
  }

  /// Without a default route and without a gateway the Pod would have none: the other attachments' are not installed.
  @Test(arguments: ["outsider", "bridge"]) func anOwnerThatBringsNothingIsRefused(_ delegate: String) throws {
    func fails(_ required: [AddressFamily], _ gateways: [String]) -> ErrorObject? {
      do { _ = try settle(.init(required: required), delegate: delegate, gateways: gateways) } catch let error as DelegateError {
        return ErrorObject(error)
      } catch {}
      return nil
    }
    let object = try #require(fails([.ipv4], ["", "fd00::1"]))
    #expect(object.code == 7 && object.text.contains("is to give the Pod its IPv4 default route, but it brought none"))
    #expect(fails([.ipv6], ["192.0.2.1", ""])?.code == 7 && fails([.ipv4, .ipv6], ["", ""])?.code == 7)
    // A claim on both families is met by a network of one.
    #expect(fails([.ipv4, .ipv6], ["192.0.2.1", ""]) == nil)
    #expect(try defaults() == ["default via 192.0.2.1"])
  }

  @Test func aDefaultRouteThatADelegateKeptToItselfCounts() throws {
    try install()
    #expect(try settle(.init(required: [.ipv4, .ipv6]), gateways: ["", ""]).routes == [])
    #expect(try defaults() == ["default via 192.0.2.1", "default via fd00::1"])
  }

  /// An earlier plugin of the runtime's list, or a router's advertisement, may have been there first.
  @Test(arguments: ["outsider", "bridge"]) func theOwnersRouteTakesThePlaceOfEarlierOnes(_ delegate: String) throws {
    try container.run("ip", "link", "add", "net0", "type", "veth", "peer", "name", "other0")
    for link in ["net0", "other0"] { try container.run("ip", "link", "set", link, "up") }
    try container.run("ip", "addr", "add", "198.51.100.2/24", "dev", "net0")
    try container.run("ip", "addr", "add", "fd09::2/64", "dev", "net0", "nodad")
    try container.run("ip", "route", "add", "default", "via", "198.51.100.1")
    try container.run("ip", "route", "add", "default", "via", "192.0.2.7", "metric", "50")
    try container.run("ip", "-6", "route", "add", "default", "via", "fd09::1", "dev", "net0")
    try container.run("ip", "-6", "route", "add", "default", "via", "fd00::7", "dev", "eth0", "proto", "ra", "metric", "1023")
    #expect(try settle(.init(required: [.ipv4, .ipv6]), delegate: delegate).routes == both)
    #expect(try defaults() == ["default via 192.0.2.1", "default via fd00::1"])
    // Once more, with a gateway of the Pod's own choice.
    _ = try settle(.init(required: [.ipv4], gateways: [ip("192.0.2.9")]), delegate: delegate)
    #expect(try defaults()[0] == "default via 192.0.2.9")
  }

  @Test func theGatewayThatThePodAskedForStandsInsteadOfTheNetworks() throws {
    try install()
    let settled = try settle(.init(required: [.ipv4], allowed: [.ipv6], gateways: [ip("192.0.2.9")]), routes: both)
    #expect(try defaults() == ["default via 192.0.2.9", "default via fd00::1"])
    #expect(settled.routes == [both[1], .init(dst: cidr("0.0.0.0/0"), gw: ip("192.0.2.9"))])
  }

  @Test func aGatewayThatNobodyReachesIsTheKernelsError() throws {
    let error = #expect(throws: DelegateError.self) {
      try settle(.init(required: [.ipv4], gateways: [ip("198.51.100.1")]))
    }
    guard case .netlink(.refused(.addRoute, let object, _, _))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(object.hasPrefix("default via 198.51.100.1"))
  }
}
