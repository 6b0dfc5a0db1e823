import CNI
import JSON
import Netlink
import NetworkTypes
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip"), .needs(program: "ping")) struct PTPTests {
  private func configuration(_ keys: JSONObject = [:]) -> JSON {
    var object: JSONObject = ["type": "ptp", "ipam": ["type": "recording"]]
    for member in keys.members { object[member.name] = member.value }
    return .object(object)
  }

  private func bench() throws -> Bench {
    let bench = try Bench()
    try bench.ipam.give("192.0.2.3/24 192.0.2.1", "fd02::3/64 fd02::1", routes: [.init(dst: cidr("0.0.0.0/0"))])
    return bench
  }

  @Test func dualStackAttachment() throws {
    let bench = try bench()
    let before = try bench.dump()
    let call = try bench.call(configuration(["mtu": 1400]))
    let result = try bench.add(call)
    let port = result.interfaces[0].name
    #expect(result.interfaces.map(\.name) == [port, "eth0"] && result.interfaces.map(\.mtu) == [1400, 1400])
    #expect(result.interfaces[0].sandbox == "" && result.ips.map(\.interface) == [1, 1])
    #expect(bench.container.reaches("192.0.2.1") && bench.container.reaches("fd02::1"))
    #expect(try bench.host.addresses(port) == ["192.0.2.1/32", "fd02::1/128"])
    // The kernel's own route to the network would lead past the node.
    #expect(!(try bench.container.run("ip", "-4", "route", "show", "proto", "kernel")).contains("192.0.2.0/24"))
    try bench.check(call, result)
    try bench.delete(call)
    try bench.delete(call)
    #expect(bench.ipam.log == ["ADD", "CHECK", "DEL", "DEL"])
    #expect(try bench.container.linkNames() == ["lo"] && bench.host.linkNames() == ["lo"])
    // Forwarding stays on, as with every plugin.
    let changes = zip(before, try bench.dump()).flatMap { $0.difference(to: $1) }
    #expect(changes.allSatisfy { $0.contains("forward") || $0.contains("sysctl") }, "\(changes)")
  }

  /// The kernel takes down a namespace a moment after its last user. Until then the node's end has its route. DEL without the
  /// namespace removes it: another container can then have the address at once.
  @Test func theAddressIsFreeRightAfterDelete() throws {
    let (bench, other) = (try bench(), try ScratchNamespace())
    defer { other.remove() }
    var gone = try bench.call(configuration(), netns: bench.container.path)
    let result = try bench.add(gone)
    gone = try bench.call(configuration(), netns: "")
    gone.call.previous = .value(result)
    try bench.delete(gone)
    #expect(try bench.host.linkNames() == ["lo"])
    let call = try bench.call(configuration(), netns: other.path)
    try bench.check(call, bench.add(call))
  }

  @Test func layer2IsRefused() throws {
    let bench = try bench()
    guard
      case .configuration(.configuration(.missing(let path))) = failure({
        _ = try bench.add(bench.call(.object(["type": "ptp"])))
      })
    else {
      Issue.record("no error about the missing ipam")
      return
    }
    #expect(path.description == "ipam" && bench.ipam.log == [])
  }

  @Test func addressWithoutGateway() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24 192.0.2.1", "fd02::3/64")
    let before = try bench.dump()
    #expect(failure { _ = try bench.add(bench.call(configuration())) }?.ptp == .noGateway(cidr("fd02::3/64")))
    try bench.expectNothing(since: before)
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  /// Two addresses of one network share the gateway; the second's route to the network is the first's.
  @Test func twoAddressesOfOneNetwork() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24 192.0.2.1", "192.0.2.4/24 192.0.2.1")
    let call = try bench.call(configuration())
    let result = try bench.add(call)
    #expect(try bench.host.addresses(result.interfaces[0].name) == ["192.0.2.1/32"])
    #expect(bench.container.reaches("192.0.2.1"))
    try bench.check(call, result)
    try bench.delete(call)
    #expect(try bench.host.linkNames() == ["lo"])
  }

  /// Whatever fails, and whenever: the pair is gone, the address given back.
  @Test func failuresLeaveNothing() throws {
    let bench = try bench()
    let before = try bench.dump()
    // The kernel has no such next hop once the addresses are there.
    bench.ipam.result.routes = [.init(dst: cidr("198.51.100.0/24"), gw: ip("203.0.113.1"))]
    guard case .netlink? = failure({ _ = try bench.add(bench.call(configuration())) }) else {
      Issue.record("a route by way of nowhere was added")
      return
    }
    #expect(bench.ipam.log == ["ADD", "DEL"])
    let changes = zip(before, try bench.dump()).flatMap { $0.difference(to: $1) }
    #expect(changes.allSatisfy { $0.contains("forward") || $0.contains("sysctl") }, "\(changes)")
  }

  /// A link of the node may not be in the way of a route that another Pod's end has.
  @Test func aSecondContainerWithTheSameAddressIsRefused() throws {
    let bench = try bench()
    let result = try bench.add(bench.call(configuration()))
    let other = try ScratchNamespace()
    let before = try bench.host.run("ip", "-4", "route")
    #expect(failure { _ = try bench.add(bench.call(configuration(), netns: other.path)) } != nil)
    #expect(try other.linkNames() == ["lo"] && bench.host.run("ip", "-4", "route") == before)
    #expect(try bench.host.linkNames() == ["lo", result.interfaces[0].name])
    #expect(bench.container.reaches("192.0.2.1"))
  }

  @Test func checkNamesTheDifference() throws {
    let bench = try bench()
    let call = try bench.call(configuration())
    let result = try bench.add(call)
    let port = result.interfaces[0].name
    #expect(failure { try bench.check(call) }?.ptp == .check(.interface(.noPrevResult)))
    try bench.host.run("ip", "route", "del", "192.0.2.3")
    #expect(failure { try bench.check(call, result) }?.ptp == .check(.routeMissing(ip("192.0.2.3"), port)))
    try bench.host.run("ip", "route", "add", "192.0.2.3/32", "dev", port)
    try bench.check(call, result)
    try bench.host.run("ip", "addr", "del", "192.0.2.1/32", "dev", port)
    #expect(failure { try bench.check(call, result) }?.ptp == .check(.gatewayMissing(ip("192.0.2.1"), port)))
    try bench.host.run("ip", "addr", "add", "192.0.2.1/32", "dev", port)
    // With its last address the kernel took the routes of the link.
    try bench.host.run("ip", "route", "replace", "192.0.2.3/32", "dev", port)
    try bench.check(call, result)
    try bench.container.run("ip", "route", "del", "192.0.2.0/24")
    #expect(failure { try bench.check(call, result) } != nil)
  }

  /// A later plugin of the chain may add interfaces: their addresses are none of ptp's.
  @Test func checkLeavesOtherInterfacesAlone() throws {
    let bench = try bench()
    let call = try bench.call(configuration())
    var result = try bench.add(call)
    try bench.container.run("ip", "link", "add", "net1", "type", "veth", "peer", "name", "net2")
    try bench.container.run("ip", "link", "set", "net1", "up")
    try bench.container.run("ip", "addr", "add", "198.51.100.2/24", "dev", "net1")
    try bench.container.run("ip", "route", "add", "203.0.113.0/24", "via", "198.51.100.1", "dev", "net1", "onlink")
    result.interfaces.append(.init(name: "net1", mac: "", sandbox: bench.container.path))
    result.ips.append(.init(interface: 2, address: cidr("198.51.100.2/24"), gateway: ip("198.51.100.1")))
    result.routes.append(.init(dst: cidr("203.0.113.0/24")))
    try bench.check(call, result)
    try bench.host.run("ip", "route", "del", "192.0.2.3")
    #expect(failure { try bench.check(call, result) }?.ptp == .check(.routeMissing(ip("192.0.2.3"), result.interfaces[0].name)))
  }

  @Test func gatewayOfTheContainerItself() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.1/24 192.0.2.1")
    let before = try bench.dump()
    #expect(failure { _ = try bench.add(bench.call(configuration())) }?.ptp == .ownGateway(ip("192.0.2.1")))
    #expect(try bench.host.linkNames() == ["lo"] && bench.container.linkNames() == ["lo"] && before.count == 2)
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  @Test func ipamMayListTheOwnNetwork() throws {
    let bench = try bench()
    bench.ipam.result.routes = [.init(dst: cidr("192.0.2.0/24")), .init(dst: cidr("fd02::/64"))]
    let call = try bench.call(configuration())
    let result = try bench.add(call)
    #expect(bench.container.reaches("fd02::1"))
    try bench.check(call, result)
    try bench.delete(call)
  }

  /// A Pod with CAP_NET_ADMIN gives the name of its interface to a link that cannot be deleted.
  @Test func podThatRenamedItsLoopback() throws {
    let bench = try bench()
    let call = try bench.call(configuration())
    _ = try bench.add(call)
    try bench.container.run("ip", "link", "del", "eth0")
    try bench.container.run("ip", "link", "set", "dev", "lo", "down")
    try bench.container.run("ip", "link", "set", "dev", "lo", "name", "eth0")
    try bench.delete(call)
    #expect(bench.ipam.log == ["ADD", "DEL"])
    let loopback = try bench.call(.object(["type": "loopback"]))
    try bench.delete(loopback)
  }

  @Test(arguments: ["", "/run/netns/braid-test-none"]) func deleteWithoutTheNamespace(_ netns: String) throws {
    let bench = try Bench()
    try bench.delete(bench.call(configuration(), netns: netns))
    #expect(bench.ipam.log == ["DEL"])
  }
}
