import CNI
import JSON
import Plugins
import TestSupport
import Testing

/// Containers share a bridge: bridges and addresses that are there already, many calls at once, and the removal with the last port.
@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct BridgeSharingTests {
  private let gateway: JSON = ["type": "bridge", "bridge": "br0", "isGateway": true, "ipam": ["type": "recording"]]
  private let forced: JSON = [
    "type": "bridge", "bridge": "br0", "isGateway": true, "forceAddress": true, "ipam": ["type": "recording"],
  ]

  @Test func givenBridgeIsUsedAsItIs() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "address", "02:00:00:00:00:77", "type", "bridge")
    let index = bench.host.link("br0")["ifindex"]
    try bench.ipam.give("10.1.2.3/24")
    let result = try bench.add(bench.call(gateway))
    #expect(result.interfaces[0].mac == "02:00:00:00:00:77" && bench.host.link("br0")["ifindex"] == index)
    #expect(bench.container.reaches("10.1.2.1"))
  }

  @Test func bridgeWithASpanningTreeIsNotWaitedFor() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge", "stp_state", "1")
    let result = try bench.add(bench.call(["type": "bridge", "bridge": "br0"]))
    #expect(result.interfaces.count == 3)
  }

  @Test func linkThatIsNoBridgeIsRefused() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "veth", "peer", "name", "x")
    let before = try bench.dump()
    try bench.ipam.give("10.1.2.3/24")
    let error = failure { _ = try bench.add(bench.call(gateway)) }
    #expect(error?.bridge == .notABridge(name("br0")))
    try bench.expectNothing(since: before)
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  @Test func otherAddressIsRefusedOrReplaced() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    try bench.host.run("ip", "addr", "add", "10.9.9.9/24", "dev", "br0")
    // The bridge has a port of its own, so its carrier is the same before and after.
    try bench.host.run("ip", "link", "add", "name", "x", "master", "br0", "type", "veth", "peer", "name", "y")
    for link in ["br0", "x", "y"] { try bench.host.run("ip", "link", "set", "dev", link, "up") }
    let before = try bench.dump()
    try bench.ipam.give("10.1.2.3/24")
    let error = failure { _ = try bench.add(bench.call(gateway)) }
    #expect(error?.bridge == .otherAddress(name("br0"), wanted: cidr("10.1.2.1/24"), isVLAN: false))
    try bench.expectNothing(since: before)
    #expect(bench.ipam.log == ["ADD", "DEL"])
    _ = try bench.add(bench.call(forced))
    #expect(try bench.host.addresses("br0") == ["10.1.2.1/24"])
  }

  @Test func disjointIPv6AddressesStandTogether() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    try bench.host.run("ip", "link", "set", "dev", "br0", "up")
    try bench.host.run("ip", "addr", "add", "fd09::9/64", "dev", "br0", "nodad")
    try bench.ipam.give("fd01::3/64")
    _ = try bench.add(bench.call(gateway))
    #expect(try Set(bench.host.addresses("br0")) == ["fd09::9/64", "fd01::1/64"])
    try bench.delete(bench.call(gateway))
    try bench.ipam.give("fd01::3/48")
    #expect(
      failure { _ = try bench.add(bench.call(gateway)) }?.bridge
        == .otherAddress(name("br0"), wanted: cidr("fd01::1/48"), isVLAN: false))
    _ = try bench.add(bench.call(forced))
    #expect(try Set(bench.host.addresses("br0")) == ["fd09::9/64", "fd01::1/48"])
  }

  @Test func macOfTheBridgeStays() throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    // Somebody else makes the bridge, so Braid must not choose its address.
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    try bench.ipam.give("10.1.2.3/24")
    let mac = try bench.add(bench.call(gateway)).interfaces[0].mac
    try bench.ipam.give("10.1.2.4/24")
    #expect(try bench.add(bench.call(gateway, netns: other.path)).interfaces[0].mac == mac)
    try bench.delete(bench.call(gateway))
    try bench.delete(bench.call(gateway, netns: other.path))
    #expect(bench.host.link("br0")["address"]?.string == mac)
    #expect(try bench.add(bench.call(gateway)).interfaces[0].mac == mac)
  }

  @Test func reclaimedBridgeGoesWithTheLastPort() throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    let options = bench.reclaiming
    let before = try NamespaceDump(bench.host)
    try bench.ipam.give("10.1.2.3/24")
    _ = try bench.add(bench.call(gateway, options: options))
    try bench.ipam.give("10.1.2.4/24")
    _ = try bench.add(bench.call(gateway, netns: other.path, options: options))
    try bench.delete(bench.call(gateway, options: options))
    #expect(try bench.host.linkNames().contains("br0") && other.reaches("10.1.2.1"))
    try bench.delete(bench.call(gateway, netns: other.path, options: options))
    #expect(try NamespaceDump(bench.host).difference(to: before) == [])
  }

  @Test func givenBridgeIsNeverReclaimed() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    let options = bench.reclaiming
    try bench.ipam.give("10.1.2.3/24")
    _ = try bench.add(bench.call(gateway, options: options))
    try bench.delete(bench.call(gateway, options: options))
    #expect(try bench.host.linkNames() == ["br0", "lo"])
  }

  @Test func failedAddReclaimsTheBridgeItMade() throws {
    let bench = try Bench()
    try bench.container.run("ip", "link", "add", "name", "eth0", "type", "veth", "peer", "name", "x")
    let before = try bench.dump()
    try bench.ipam.give("10.1.2.3/24")
    let error = failure { _ = try bench.add(bench.call(gateway, options: bench.reclaiming)) }
    guard case .containerLinkExists(let name, _) = error?.interface else {
      Issue.record("\(String(describing: error))")
      return
    }
    try bench.expectNothing(since: before)
    #expect(name.text == "eth0" && bench.ipam.log == ["ADD", "DEL"])
  }

  /// The last DEL removes the bridge, even if other DELs run at almost the same time.
  @Test func manyThatComeAndGoLeaveNothing() async throws {
    let host = try ScratchNamespace()
    let containers = try (0..<6).map { _ in try ScratchNamespace() }
    let directory = try TemporaryDirectory()
    defer { for namespace in containers + [host] { namespace.remove() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for container in containers {
        group.addTask {
          let bench = Bench(host: host, container: container, directory: directory)
          let call = try bench.call(["type": "bridge", "bridge": "br0"], options: bench.reclaiming)
          for _ in 0..<5 {
            _ = try bench.add(call)
            try bench.delete(call)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try host.linkNames() == ["lo"])
  }

  /// Separate processes make the same bridge and its addresses at once.
  @Test(.needs(program: "nsenter")) func manyAtOnce() async throws {
    let host = try ScratchNamespace()
    let containers = try (0..<12).map { _ in try ScratchNamespace() }
    let directory = try TemporaryDirectory()
    defer { for namespace in containers + [host] { namespace.remove() } }
    try host.run("ip", "link", "set", "lo", "up")
    try Command("ln", "-s", Products.braid, directory["bridge"]).require()
    let configuration: JSON = [
      "cniVersion": "1.0.0", "name": "net", "type": "bridge", "bridge": "br0", "isDefaultGateway": true,
      "ipam": [
        "type": "host-local", "dataDir": .string(directory["ipam"]),
        "ranges": [[["subnet": "10.1.2.0/24"]], [["subnet": "fd01::/64"]]],
      ],
    ]
    func all(_ command: String) async throws -> [PluginAnswer] {
      try await withThrowingTaskGroup(of: PluginAnswer.self) { group in
        for (i, container) in containers.enumerated() {
          let call = PluginCall(
            directory["bridge"], containerID: "pod\(i)", netns: container, configuration: configuration
          ).with(command)
          group.addTask { try call.run(on: host) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    for answer in try await all("ADD") { #expect(answer.succeeded, "\(answer)") }
    #expect(try host.linkNames().count == 14 && host.addresses("br0") == ["10.1.2.1/24", "fd01::1/64"])
    #expect(Set(try containers.flatMap { try $0.addresses("eth0") }).count == 24)
    #expect(containers.allSatisfy { $0.reaches("10.1.2.1") && $0.reaches("fd01::1") })
    for answer in try await all("DEL") { #expect(answer.succeeded, "\(answer)") }
    #expect(try host.linkNames() == ["br0", "lo"])
  }
}
