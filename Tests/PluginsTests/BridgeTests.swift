import CNI
import JSON
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct BridgeTests {
  private let gateway: JSON = [
    "type": "bridge", "bridge": "br0", "isDefaultGateway": true, "ipam": ["type": "recording"],
  ]

  private func with(_ changes: JSONObject) -> JSON {
    var object = gateway.object ?? [:]
    for change in changes.members { object[change.name] = change.value }
    return .object(object)
  }

  @Test func dualStackAttachment() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    let result = try bench.add(bench.call(gateway))
    let (host, container) = (bench.host, bench.container)
    // Everything works when ADD returns, so no try may fail.
    #expect(container.reaches("10.1.2.1") && container.reaches("fd01::1"))
    #expect(result.interfaces.map(\.name) == ["br0", result.interfaces[1].name, "eth0"])
    #expect(result.interfaces.map(\.sandbox) == ["", "", container.path] && result.interfaces.map(\.mtu) == [1500, 1500, 1500])
    #expect(try host.linkNames() == ["br0", "lo", result.interfaces[1].name])
    #expect(try container.linkNames() == ["eth0", "lo"])
    for (interface, namespace) in zip(result.interfaces, [host, host, container]) {
      #expect(namespace.link(interface.name)["address"]?.string == interface.mac)
    }
    #expect(result.ips.map(\.interface) == [2, 2])
    #expect(result.ips.map { $0.gateway?.description } == ["10.1.2.1", "fd01::1"])
    #expect(result.routes.map { "\($0.dst) \($0.gw!)" } == ["0.0.0.0/0 10.1.2.1", "::/0 fd01::1"])
    #expect(try container.addresses("eth0") == ["10.1.2.3/24", "fd01::3/64"])
    #expect(try container.routes() == ["default via 10.1.2.1 dev eth0"])
    #expect(try container.routes("-6") == ["default via fd01::1 dev eth0 metric 1024 pref medium"])
    #expect(try host.addresses("br0") == ["10.1.2.1/24", "fd01::1/64"])
    #expect(try host.sysctl("ipv4/ip_forward") == "1" && host.sysctl("ipv6/conf/all/forwarding") == "1")
    #expect(try bench.ipam.log == ["ADD"] && !container.run("ip", "-6", "addr").contains("tentative"))
  }

  @Test func linkLocalAddressIsThereAtOnce() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    _ = try bench.add(bench.call(gateway))
    #expect(try bench.container.addresses("eth0", scope: "link").count == 1)
  }

  @Test func containersOfOneBridgeReachEachOther() throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    try bench.ipam.give("10.1.2.3/24")
    _ = try bench.add(bench.call(gateway))
    try bench.ipam.give("10.1.2.4/24")
    _ = try bench.add(bench.call(gateway, netns: other.path))
    #expect(other.reaches("10.1.2.3") && bench.container.reaches("10.1.2.4"))
  }

  @Test func layer2IsUpAndBare() throws {
    let bench = try Bench()
    let result = try bench.add(bench.call(["type": "bridge", "ipam": [:]]))
    #expect(result.ips.isEmpty && result.interfaces[0].name == "cni0")
    #expect(bench.container.link("eth0")["operstate"] == "UP")
    #expect(try bench.container.addresses("eth0").isEmpty && bench.host.addresses("cni0").isEmpty)
    #expect(try bench.host.sysctl("ipv4/ip_forward") == "0")
    try bench.check(bench.call(["type": "bridge", "ipam": [:]]), result)
  }

  @Test func keysOfThePort() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    let result = try bench.add(bench.call(with(["hairpinMode": true, "portIsolation": true, "mtu": 1400])))
    #expect(result.interfaces.map(\.mtu) == [1400, 1400, 1400])
    let port = try bench.host.json(.bridge, "-d", "link", "show", "dev", result.interfaces[1].name).array?.first?.object
    #expect(port?["hairpin"] == true && port?["isolated"] == true && port?["state"] == "forwarding")
    #expect(bench.container.link("eth0")["mtu"] == 1400 && bench.host.link("br0")["mtu"] == 1400)
  }

  @Test func promiscuousBridge() throws {
    let bench = try Bench()
    let call = try bench.call(["type": "bridge", "bridge": "br0", "promiscMode": true])
    let result = try bench.add(call)
    #expect(bench.host.link("br0")["promiscuity"] == 1)
    try bench.check(call, result)
    try bench.host.run("ip", "link", "set", "dev", "br0", "promisc", "off")
    #expect(failure { try bench.check(call, result) }?.bridge == .check(.promiscuity("br0", expected: true)))
  }

  @Test func macThreeWays() throws {
    let (arguments, conventional, runtime) = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03")
    let ways: [(JSONObject, String)] = [
      ([:], arguments), (["args": ["cni": ["mac": .string(conventional)]]], conventional),
      (["args": ["cni": ["mac": .string(conventional)]], "runtimeConfig": ["mac": .string(runtime)]], runtime),
    ]
    for (keys, expected) in ways {
      let bench = try Bench()
      var object: JSONObject = ["type": "bridge", "bridge": "br0"]
      object.members += keys.members
      let result = try bench.add(bench.call(.object(object), args: "MAC=\(arguments)"))
      #expect(result.interfaces[2].mac == expected && bench.container.link("eth0")["address"]?.string == expected)
    }
  }

  @Test func unknownArgumentsAreRefused() throws {
    let bench = try Bench()
    let before = try bench.dump()
    let error = failure { _ = try bench.add(bench.call(gateway, args: "FOO=1")) }
    guard case .protocol(.unknownArguments(["FOO=1"])) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    try bench.expectNothing(since: before)
    try bench.ipam.give("10.1.2.3/24")
    _ = try bench.add(bench.call(gateway, args: "IgnoreUnknown=1;FOO=1"))
  }

  @Test func disabledContainerInterfaceStaysDown() throws {
    let bench = try Bench()
    let call = try bench.call(["type": "bridge", "bridge": "br0", "disableContainerInterface": true])
    let result = try bench.add(call)
    #expect(bench.container.link("eth0")["operstate"] == "DOWN" && result.interfaces.count == 3)
    try bench.check(call, result)
  }

  @Test func duplicatesAreDetectedWhereAsked() throws {
    let bench = try Bench()
    try bench.ipam.give("fd01::3/64")
    _ = try bench.add(bench.call(with(["enabledad": true])))
    #expect(try bench.container.sysctl("ipv6/conf/eth0/accept_dad") == "1")
    let text = try bench.container.run("ip", "-6", "addr", "show", "dev", "eth0")
    #expect(!text.contains("nodad") && !text.contains("tentative"))
  }

  @Test func duplicateIsAnError() throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    try bench.ipam.give("fd01::3/64")
    _ = try bench.add(bench.call(with(["enabledad": true]), netns: other.path))
    let links = try bench.host.linkNames()
    bench.ipam.forget()
    let error = failure { _ = try bench.add(bench.call(with(["enabledad": true]))) }
    #expect(error?.interface == .duplicateAddress(cidr("fd01::3/64"), name("eth0")))
    #expect(try bench.host.linkNames() == links && bench.container.linkNames() == ["lo"])
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  @Test func sysctlsOfTheContainer() throws {
    let bench = try Bench()
    // Some runtimes switch IPv6 off in containers.
    for key in ["default", "all", "lo"] {
      try bench.container.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(key)/disable_ipv6")
    }
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    _ = try bench.add(bench.call(gateway))
    let container = bench.container
    #expect(try container.sysctl("ipv6/conf/eth0/disable_ipv6") == "0" && container.sysctl("ipv6/conf/lo/disable_ipv6") == "0")
    #expect(try container.sysctl("ipv6/conf/eth0/accept_dad") == "0" && container.sysctl("ipv4/conf/eth0/arp_notify") == "1")
    #expect(try container.addresses("eth0").contains("fd01::3/64") && container.reaches("fd01::1"))
    #expect(try bench.host.sysctl("ipv6/conf/br0/accept_ra") == "0")
  }

  @Test func dnsReplacesTheIPAMs() throws {
    let bench = try Bench()
    bench.ipam.result.dns.nameservers = ["192.0.2.1"]
    bench.ipam.result.ips = [.init(address: cidr("10.1.2.3/24"))]
    #expect(try bench.add(bench.call(gateway)).dns.nameservers == ["192.0.2.1"])
    try bench.delete(bench.call(gateway))
    #expect(try bench.add(bench.call(with(["dns": ["domain": "", "other": []]]))).dns.nameservers == ["192.0.2.1"])
    try bench.delete(bench.call(gateway))
    #expect(try bench.add(bench.call(with(["dns": ["search": []]]))).dns.isEmpty)
  }

  @Test func routesOfTheIPAM() throws {
    let bench = try Bench()
    let everywhere = CNIResult.Route(dst: cidr("0.0.0.0/0"))
    let rich = CNIResult.Route(
      dst: cidr("192.0.2.0/24"), gw: ip("10.1.2.9"), mtu: 1300, advmss: 1200, priority: 7, table: 100)
    try bench.ipam.give("10.1.2.3/24", routes: [everywhere, rich, .init(dst: cidr("198.51.100.0/24"), scope: 253)])
    let call = try bench.call(gateway)
    let result = try bench.add(call)
    let container = bench.container
    // The IPAM's default route has no gateway, so the plugin adds its own. The result has both, the kernel has one.
    #expect(result.routes.map(\.dst.description) == ["0.0.0.0/0", "192.0.2.0/24", "198.51.100.0/24", "0.0.0.0/0"])
    #expect(try container.routes() == ["default via 10.1.2.1 dev eth0", "198.51.100.0/24 dev eth0 scope link"])
    let text = try container.run("ip", "route", "show", "table", "100")
    #expect(text.contains("192.0.2.0/24 via 10.1.2.9 dev eth0 metric 7 mtu 1300 advmss 1200"), "\(text)")
    try bench.check(call, result)
    try container.run("ip", "route", "del", "192.0.2.0/24", "table", "100")
    #expect(failure { try bench.check(call, result) }?.bridge == .check(.interface(.attachment(.routeMissing(rich)))))
  }

  @Test func routerAdvertisementsAreLeftAloneOrKeptAway() throws {
    for acceptsRA in [true, false] {
      let bench = try Bench()
      try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
      _ = try bench.add(bench.call(gateway, options: .init(acceptsRA: acceptsRA)))
      #expect(try bench.container.sysctl("ipv6/conf/eth0/accept_ra") == (acceptsRA ? "1" : "0"))
    }
  }

  @Test func routesThatOtherInterfacesHaveAreLeftOut() throws {
    let bench = try Bench()
    let routes = ["10.9.0.0/16", "10.8.0.0/16", "fd09::/64"].map { CNIResult.Route(dst: cidr($0)) }
    try bench.ipam.give("10.1.2.3/24 10.1.2.1", "fd01::3/64 fd01::1", routes: routes)
    let taken: Set<CNIResult.Route.Key> = [.init(cidr("10.9.0.0/16")), .init(cidr("fd09::/64"), priority: 1024)]
    let result = try bench.add(bench.call(["type": "bridge", "ipam": ["type": "recording"]], options: .init(takenRoutes: taken)))
    #expect(result.routes == [routes[1]])
    #expect(try bench.container.routes() == ["10.8.0.0/16 via 10.1.2.1 dev eth0"])
    #expect(try bench.container.routes("-6") == [])
  }

  @Test func defaultRoutesAreLeftToTheirOwners() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64", routes: [.init(dst: cidr("0.0.0.0/0"))])
    let result = try bench.add(bench.call(gateway, options: .init(defaultRoutes: [.ipv6])))
    #expect(result.routes.map(\.dst) == [cidr("::/0")])
    #expect(try bench.container.routes() == [])
    #expect(try bench.container.routes("-6") == ["default via fd01::1 dev eth0 metric 1024 pref medium"])
    #expect(result.ips[0].gateway?.description == "10.1.2.1" && bench.container.reaches("10.1.2.1"))
  }

  @Test func linksGetThePodsGroup() throws {
    let bench = try Bench()
    let result = try bench.add(bench.call(["type": "bridge", "bridge": "br0"], options: .init(linkGroup: 4711)))
    #expect(bench.container.link("eth0")["group"] == "4711")
    #expect(bench.host.link(result.interfaces[1].name)["group"] == "default")
  }
}
