import CNI
import JSON
import Netlink
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "bridge"), .needs(kernel: .bridge)) struct BridgeVLANTests {
  private func configuration(_ keys: JSONObject) -> JSON {
    var object: JSONObject = ["type": "bridge", "bridge": "br0", "ipam": ["type": "recording"]]
    object.members += keys.members
    return .object(object)
  }

  /// The VLANs of a port: the ID, followed by `p` for the PVID and `u` for untagged.
  private func vlans(_ port: String, _ namespace: ScratchNamespace) throws -> [String] {
    let entries = try namespace.json(.bridge, "vlan", "show", "dev", port).array?.first?.object?["vlans"]?.array ?? []
    return entries.compactMap(\.object).flatMap { entry -> [String] in
      let flags = entry["flags"]?.array ?? []
      let suffix = (flags.contains("PVID") ? "p" : "") + (flags.contains("Egress Untagged") ? "u" : "")
      let first = entry["vlan"]?.int ?? -1
      return (first...(entry["vlanEnd"]?.int ?? first)).map { "\($0)\(suffix)" }
    }
  }

  @Test func bridgeThatDoesNotFilterIsRefused() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    let before = try bench.dump()
    try bench.ipam.give("10.1.2.3/24")
    let error = failure { _ = try bench.add(bench.call(configuration(["vlan": 100]))) }
    try bench.expectNothing(since: before)
    #expect(error?.bridge == .noVLANFiltering(name("br0")))
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  /// A kernel without VLAN filtering is named as the reason.
  @Test func aKernelThatCannotFilterIsNamed() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    let before = try bench.dump()
    guard let error = failure({ _ = try bench.add(bench.call(configuration(["vlan": 100]))) }) else { return }
    #expect(error.bridge == .kernelWithoutVLANFiltering(name("br0")))
    try bench.expectNothing(since: before)
  }

  @Test(.needs(kernel: .vlanFiltering)) func accessPort() throws {
    for (keys, expected): (JSONObject, [String]) in [
      (["vlan": 100], ["100pu"]), (["vlan": 100, "preserveDefaultVlan": true], ["1u", "100pu"]), (["vlan": 1], ["1pu"]),
      (["vlan": 100, "vlanTrunk": [["id": 7], ["minID": 20, "maxID": 22]]], ["7", "20", "21", "22", "100pu"]),
      (["vlanTrunk": [["id": 7], ["minID": 20, "maxID": 22]]], ["1pu", "7", "20", "21", "22"]),
    ] {
      let bench = try Bench()
      try bench.ipam.give("10.1.2.3/24")
      let call = try bench.call(configuration(keys))
      let result = try bench.add(call)
      #expect(try vlans(result.interfaces[1].name, bench.host) == expected)
      try bench.check(call, result)
    }
  }

  @Test(.needs(kernel: .vlanFiltering)) func checkFindsALostVLAN() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    let call = try bench.call(configuration(["vlan": 100]))
    let result = try bench.add(call)
    let port = result.interfaces[1].name
    try bench.host.run("bridge", "vlan", "del", "dev", port, "vid", "100")
    #expect(failure { try bench.check(call, result) }?.bridge == .check(.vlan(port, id: 100)))
  }

  @Test(.needs(kernel: .vlanFiltering)) func gatewayOfAVLAN() throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    let options = bench.reclaiming
    let before = try NamespaceDump(bench.host)
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    let call = try bench.call(configuration(["vlan": 100, "isDefaultGateway": true]), options: options)
    let result = try bench.add(call)
    #expect(bench.container.reaches("10.1.2.1") && bench.container.reaches("fd01::1"))
    #expect(result.interfaces.map(\.name).last == "br0.100" && result.interfaces.count == 4 && result.ips[0].interface == 2)
    #expect(try bench.host.addresses("br0.100") == ["10.1.2.1/24", "fd01::1/64"] && bench.host.addresses("br0").isEmpty)
    let gateway = bench.host.link("br0.100")
    #expect(gateway["linkinfo"]?.object?["info_kind"] == "veth")
    let peer = try #require(gateway["link"]?.string)
    #expect(
      bench.host.link(peer)["ifindex"]?.int == (gateway["ifindex"]?.int ?? 0) - 1 && bench.host.link(peer)["master"] == "br0")
    #expect(try vlans(peer, bench.host) == ["100pu"])
    try bench.check(call, result)
    // A second container uses the existing gateway.
    try bench.ipam.give("10.1.2.4/24", "fd01::4/64")
    let second = try bench.call(configuration(["vlan": 100, "isDefaultGateway": true]), netns: other.path, options: options)
    #expect(try bench.add(second).interfaces.last == result.interfaces.last && other.reaches("10.1.2.3"))
    try bench.delete(call)
    #expect(other.reaches("10.1.2.1"))
    try bench.delete(second)
    #expect(try NamespaceDump(bench.host).difference(to: before) == [])
  }

  /// The call that made the link was killed before it added the link to the bridge. The link is removed with its bridge, and not with another
  /// bridge.
  @Test func aGatewayThatWasNeverPluggedInGoesWithItsBridge() throws {
    let bench = try Bench()
    // The link group of links that Braid makes (docs/runtimes.md).
    let ours = 1_651_665_252
    for (name, mark) in [("br0.100", ours), ("br0.7", 0), ("br0.x", ours), ("br01.5", ours)] {
      try bench.host.run(
        "ip", "link", "add", name, "group", "\(mark)", "type", "veth", "peer", "name", "p-\(name)", "group", "\(mark)")
    }
    try bench.ipam.give("10.1.2.3/24")
    let call = try bench.call(configuration([:]), options: bench.reclaiming)
    _ = try bench.add(call)
    try bench.delete(call)
    let left = try bench.host.json(.ip, "link", "show").array?.compactMap { $0.object?["ifname"]?.string } ?? []
    #expect(!left.contains("br0") && !left.contains("br0.100") && !left.contains("p-br0.100"))
    #expect(Set(left).isSuperset(of: ["br0.7", "p-br0.7", "br0.x", "br01.5"]))
  }
}
