import CNI
import JSON
import Netlink
import NetworkTypes
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .macvlan)) struct MacvlanTests {
  private func configuration(_ keys: JSONObject = [:]) -> JSON {
    var object: JSONObject = ["type": "macvlan", "master": "nic", "ipam": ["type": "recording"]]
    for member in keys.members { object[member.name] = member.value }
    return .object(object)
  }

  /// A node with a "network card" `nic` that leads to a neighbour's `lan` with 192.0.2.1/24 and fd02::1/64.
  private func bench(on namespace: (Bench) -> ScratchNamespace = { $0.host }) throws -> Bench {
    let bench = try Bench()
    let lower = namespace(bench)
    try lower.run("ip", "link", "add", "name", "nic", "type", "veth", "peer", "name", "lan")
    try lower.run("ip", "link", "set", "dev", "nic", "up")
    try lower.run("ip", "link", "set", "dev", "lan", "up")
    try lower.run("ip", "addr", "add", "192.0.2.1/24", "dev", "lan")
    try lower.run("ip", "addr", "add", "fd02::1/64", "dev", "lan", "nodad")
    // The neighbour answers questions for its address only after it has joined their multicast group, a moment later.
    try wait(for: "lan to join ff02::1:ff00:1") {
      try lower.run("ip", "-6", "maddr", "show", "dev", "lan").contains("ff02::1:ff00:1")
    }
    return bench
  }

  private func kind(_ bench: Bench) -> JSONObject? { bench.container.link("eth0")["linkinfo"]?.object?["info_data"]?.object }

  @Test func dualStackAttachment() throws {
    let bench = try bench()
    try bench.ipam.give(
      "192.0.2.3/24 192.0.2.1", "fd02::3/64 fd02::1",
      routes: [.init(dst: cidr("0.0.0.0/0")), .init(dst: cidr("::/0"), gw: ip("fd02::1"))])
    let call = try bench.call(configuration())
    let result = try bench.add(call)
    let container = bench.container
    #expect(container.reaches("192.0.2.1") && container.reaches("fd02::1"))
    #expect(result.interfaces.map(\.name) == ["eth0"] && result.interfaces[0].sandbox == container.path)
    #expect(result.interfaces[0].mtu == 1500 && result.ips.map(\.interface) == [0, 0])
    #expect(container.link("eth0")["address"]?.string == result.interfaces[0].mac)
    #expect(kind(bench)?["mode"] == "bridge")
    #expect(try container.routes() == ["default via 192.0.2.1 dev eth0"])
    #expect(try container.addresses("eth0") == ["192.0.2.3/24", "fd02::3/64"])
    #expect(try container.sysctl("ipv4/conf/eth0/arp_notify") == "1" && container.sysctl("ipv6/conf/eth0/ndisc_notify") == "1")
    try bench.check(call, result)
    try bench.delete(call)
    try bench.delete(call)
    #expect(try container.linkNames() == ["lo"] && bench.host.linkNames() == ["lan", "lo", "nic"])
    #expect(bench.ipam.log == ["ADD", "CHECK", "DEL", "DEL"])
  }

  @Test func keys() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24")
    let call = try bench.call(configuration(["mode": "private", "mtu": 1300, "bcqueuelen": 42, "dns": ["domain": "x"]]))
    let result = try bench.add(call)
    #expect(kind(bench)?["mode"] == "private" && kind(bench)?["bcqueuelen"] == 42)
    #expect(result.interfaces[0].mtu == 1300 && result.dns.domain == "x")
    try bench.check(call, result)
    let other = try bench.call(configuration(["mode": "vepa"]))
    #expect(failure { try bench.check(other, result) }?.macvlan == .check(.mode(found: "private", expected: "vepa")))
  }

  @Test func ownDNSAlways() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24")
    bench.ipam.result.dns.domain = "of the ipam"
    #expect(try bench.add(bench.call(configuration())).dns.isEmpty)
  }

  @Test func macThreeWays() throws {
    let (own, arguments, runtime) = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03")
    let bench = try bench()
    for (keys, args, expected): (JSONObject, String, String) in [
      (["mac": .string(own)], "", own), (["mac": .string(own)], "MAC=\(arguments)", arguments),
      (["mac": .string(own), "runtimeConfig": ["mac": .string(runtime)]], "MAC=\(arguments)", runtime),
    ] {
      let call = try bench.call(configuration(keys).replacing("ipam", nil), args: args)
      #expect(try bench.add(call).interfaces[0].mac == expected)
      try bench.delete(call)
    }
  }

  @Test func layer2IsUp() throws {
    let bench = try bench()
    _ = try bench.add(bench.call(configuration().replacing("ipam", [:])))
    #expect(bench.container.link("eth0")["operstate"] == "UP")
  }

  @Test func masterIsTheDefaultRoutes() throws {
    let bench = try bench()
    let call = try bench.call(configuration().replacing("master", nil))
    try bench.ipam.give("192.0.2.3/24")
    #expect(failure { _ = try bench.add(call) }?.macvlan == .noDefaultRoute)
    #expect(bench.ipam.log == [])
    try bench.host.run("ip", "addr", "add", "192.0.2.2/24", "dev", "nic")
    try bench.host.run("ip", "route", "add", "default", "via", "192.0.2.9", "dev", "nic")
    _ = try bench.add(call)
    #expect(bench.container.link("eth0")["link_index"] == bench.host.link("nic")["ifindex"])
  }

  @Test func linkInContainer() throws {
    let bench = try bench { $0.container }
    try bench.ipam.give("192.0.2.3/24")
    let call = try bench.call(configuration(["linkInContainer": true]))
    let result = try bench.add(call)
    #expect(try bench.container.linkNames() == ["eth0", "lan", "lo", "nic"] && bench.host.linkNames() == ["lo"])
    try bench.check(call, result)
    try bench.delete(call)
    #expect(try bench.container.linkNames() == ["lan", "lo", "nic"])
  }

  /// The kernel puts the interface onto the lower link of such a master.
  @Test(arguments: [false, true]) func checkOnAMacvlan(_ inContainer: Bool) throws {
    let bench = try bench()
    let place = inContainer ? ["netns", bench.container.path] : []
    try Command(["ip", "link", "add", "name", "upper", "link", "nic"] + place + ["type", "macvlan", "mode", "bridge"])
      .require(in: bench.host)
    try (inContainer ? bench.container : bench.host).run("ip", "link", "set", "upper", "up")
    try bench.ipam.give("192.0.2.3/24")
    let call = try bench.call(configuration(["master": "upper", "linkInContainer": .bool(inContainer)]))
    try bench.check(call, try bench.add(call))
  }

  /// The interface gets the default route by which the master was found.
  @Test func checkAfterTakingTheDefaultRoute() throws {
    let bench = try bench { $0.container }
    try bench.container.run("ip", "addr", "add", "192.0.2.9/24", "dev", "nic")
    try bench.container.run("ip", "route", "add", "default", "via", "192.0.2.1", "metric", "50")
    try bench.ipam.give("192.0.2.3/24 192.0.2.1", routes: [.init(dst: cidr("0.0.0.0/0"))])
    let call = try bench.call(configuration(["master": .null, "linkInContainer": true]))
    try bench.check(call, try bench.add(call))
  }

  @Test func failuresLeaveNothing() throws {
    let bench = try bench()
    // The same address twice.
    try bench.ipam.give("192.0.2.3/24", "192.0.2.3/24")
    let before = try bench.dump()
    #expect(
      failure { _ = try bench.add(bench.call(configuration(["master": "none"]))) }?.macvlan == .masterMissing(name("none")))
    #expect(failure { _ = try bench.add(bench.call(configuration(["mtu": 9000]))) }?.macvlan == .mtu(9000, master: 1500))
    #expect(bench.ipam.log == [])
    guard case .netlink(.refused(.addAddress, _, _, _)) = failure({ _ = try bench.add(bench.call(configuration())) }) else {
      Issue.record("the same address was given twice")
      return
    }
    try bench.expectNothing(since: before)
    #expect(bench.ipam.log == ["ADD", "DEL"])
    try bench.container.run("ip", "link", "add", "name", "eth0", "type", "veth", "peer", "name", "x")
    let occupied = try bench.dump()
    #expect(
      failure { _ = try bench.add(bench.call(configuration())) }?.macvlan == .containerLinkExists(name("eth0")))
    try bench.expectNothing(since: occupied)
  }

  /// A master that is a port of a bridge takes no macvlans, and does not take any later either.
  @Test func aBusyMasterIsNamed() throws {
    let bench = try bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    try bench.host.run("ip", "link", "set", "dev", "nic", "master", "br0")
    try bench.ipam.give("192.0.2.3/24")
    let error = failure { _ = try bench.add(bench.call(configuration())) }
    #expect(error?.macvlan == .masterBusy("nic", mode: "bridge"))
  }

  @Test func aTakenAddressIsNamed() throws {
    let bench = try bench()
    try bench.host.run(
      "ip", "link", "add", "name", "other", "link", "nic", "address", "02:00:00:00:00:05", "type", "macvlan", "mode", "bridge")
    try bench.host.run("ip", "link", "set", "dev", "other", "up")
    try bench.ipam.give("192.0.2.3/24")
    let error = failure { _ = try bench.add(bench.call(configuration(["mac": "02:00:00:00:00:05"]))) }
    #expect(error?.macvlan == .addressTaken(try! MACAddress("02:00:00:00:00:05"), name("eth0"), master: "nic"))
    #expect(try bench.container.linkNames() == ["lo"])
  }

  @Test func anImpossibleAddressAndARouteAreNamed() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24")
    let address = failure { _ = try bench.add(bench.call(configuration(["mac": "01:00:00:00:00:05"]))) }
    #expect("\(address.map { "\($0)" } ?? "")".contains("01:00:00:00:00:05 is a group address"), "\(address as Any)")
    try bench.ipam.give("192.0.2.3/24", routes: [.init(dst: cidr("10.0.0.0/8"), gw: ip("10.66.0.1"))])
    let route = failure { _ = try bench.add(bench.call(configuration())) }
    guard case .netlink(.refused(.addRoute, let object, _, _))? = route else { throw CancellationError() }
    #expect(object == "10.0.0.0/8 via 10.66.0.1 dev eth0")
  }

  @Test(arguments: ["", "/run/netns/braid-test-none"]) func deleteWithoutTheNamespace(_ netns: String) throws {
    let bench = try Bench()
    try bench.delete(bench.call(configuration(), netns: netns))
    #expect(bench.ipam.log == ["DEL"])
  }

  @Test func checkNamesTheDifference() throws {
    let bench = try bench()
    try bench.ipam.give("192.0.2.3/24")
    let call = try bench.call(configuration())
    let result = try bench.add(call)
    #expect(failure { try bench.check(call) }?.macvlan == .check(.interface(.noPrevResult)))
    try bench.container.run("ip", "link", "set", "dev", "eth0", "address", "02:00:00:00:00:05")
    #expect(
      failure { try bench.check(call, result) }?.macvlan
        == .check(.interface(.mac("eth0", expected: result.interfaces[0].mac, found: "02:00:00:00:00:05"))))
    try bench.container.run("ip", "link", "set", "dev", "eth0", "address", result.interfaces[0].mac)
    try bench.container.run("ip", "addr", "del", "192.0.2.3/24", "dev", "eth0")
    #expect(
      failure { try bench.check(call, result) }?.macvlan
        == .check(.interface(.attachment(.addressMissing(cidr("192.0.2.3/24"), "eth0")))))
    try bench.container.run("ip", "link", "del", "eth0")
    #expect(failure { try bench.check(call, result) }?.macvlan == .check(.interface(.linkMissing("eth0"))))
    try bench.host.run("ip", "link", "del", "nic")
    #expect(failure { try bench.check(call, result) }?.macvlan == .masterMissing(name("nic")))
  }
}

extension JSON {
  fileprivate func replacing(_ key: String, _ value: JSON?) -> JSON {
    var object = object ?? [:]
    object[key] = value
    return .object(object)
  }
}
