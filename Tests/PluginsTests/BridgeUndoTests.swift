import CNI
import JSON
import Plugins
import System
import TestSupport
import Testing

/// DEL, CHECK, and an ADD that fails: nothing may be left.
@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct BridgeUndoTests {
  private let gateway: JSON = ["type": "bridge", "bridge": "br0", "isDefaultGateway": true, "ipam": ["type": "recording"]]

  @Test func deleteCanBeSaidTwice() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    let call = try bench.call(gateway)
    _ = try bench.add(call)
    bench.ipam.forget()
    try bench.delete(call)
    #expect(try bench.host.linkNames() == ["br0", "lo"] && bench.container.linkNames() == ["lo"])
    try bench.delete(call)
    #expect(bench.ipam.log == ["DEL", "DEL"])
  }

  @Test(arguments: ["", "/run/netns/braid-test-none", "/dev/null"])
  func deleteWithoutTheNamespace(_ netns: String) throws {
    let bench = try Bench()
    try bench.delete(bench.call(gateway, netns: netns))
    #expect(bench.ipam.log == ["DEL"])
  }

  /// An `ipam` without a type is refused at ADD. DEL must not need it: an earlier release made such attachments.
  @Test func ipamWithoutATypeIsNoObstacleToDelete() throws {
    let bench = try Bench()
    let before = try bench.dump()
    let call = try bench.call(["type": "bridge", "bridge": "br0", "ipam": ["subnet": "10.1.2.0/24"]])
    let error = failure { _ = try bench.add(call) }
    #expect(error?.configuration?.reason.hasPrefix("ipam has keys but no \"type\"") == true, "\(String(describing: error))")
    try bench.expectNothing(since: before)
    try bench.delete(call)
  }

  @Test func failureOfTheIPAMLeavesNothing() throws {
    let bench = try Bench()
    let before = try bench.dump()
    bench.ipam.failure = .reply(type: "recording", ErrorObject(.tryAgainLater, "no"))
    guard case .reply(_, let reply) = failure({ _ = try bench.add(bench.call(gateway)) }) else {
      Issue.record("the IPAM's own words are lost")
      return
    }
    try bench.expectNothing(since: before)
    #expect(reply.msg == "no")
    bench.ipam.failure = nil
    bench.ipam.forget()
    guard case .ipamWithoutAddress = failure({ _ = try bench.add(bench.call(gateway)) }) else {
      Issue.record("no address is no error")
      return
    }
    try bench.expectNothing(since: before)
    #expect(bench.ipam.log == ["ADD", "DEL"])
  }

  @Test func addressThatTheKernelRefusesLeavesNothing() throws {
    let bench = try Bench()
    // The bridge belongs to the node and stays. Everything else is removed.
    _ = try bench.add(bench.call(["type": "bridge", "bridge": "br0"]))
    try bench.delete(bench.call(["type": "bridge", "bridge": "br0"]))
    let before = try bench.dump()
    // The same address twice.
    try bench.ipam.give("10.1.2.3/24", "10.1.2.3/24")
    guard case .netlink(.refused(.addAddress, let object, _, _)) = failure({ _ = try bench.add(bench.call(gateway)) }) else {
      Issue.record("the same address was given twice")
      return
    }
    try bench.expectNothing(since: before)
    #expect(object == "10.1.2.3/24 dev eth0" && bench.ipam.log == ["ADD", "DEL"])
  }

  @Test func namespaceThatIsNoneIsRefusedFirst() throws {
    let bench = try Bench()
    let before = try bench.dump()
    guard case .netns(_, let error) = failure({ _ = try bench.add(bench.call(gateway, netns: "/run/netns/braid-test-none")) })
    else {
      Issue.record("no error")
      return
    }
    try bench.expectNothing(since: before)
    #expect(error.errno == .noSuchFileOrDirectory && bench.ipam.log == [])
  }

  struct Tampering: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let commands: [String]
    let expected: @Sendable (CNIResult) throws -> BridgeDifference
    /// Runs the commands in the node's namespace rather than in the container's.
    var onHost = false
  }

  static let tamperings: [Tampering] = [
    .init(testDescription: "IPv4 address gone", commands: ["ip addr del 10.1.2.3/24 dev eth0"]) { _ in
      .interface(.attachment(.addressMissing(cidr("10.1.2.3/24"), "eth0")))
    },
    .init(testDescription: "IPv6 address gone", commands: ["ip addr del fd01::3/64 dev eth0"]) { _ in
      .interface(.attachment(.addressMissing(cidr("fd01::3/64"), "eth0")))
    },
    .init(testDescription: "default route gone", commands: ["ip route del default"]) {
      .interface(.attachment(.routeMissing($0.routes[0])))
    },
    .init(testDescription: "default route elsewhere", commands: ["ip route replace default via 10.1.2.9"]) {
      .interface(.attachment(.routeMissing($0.routes[0])))
    },
    .init(testDescription: "IPv6 default route gone", commands: ["ip -6 route del default"]) {
      .interface(.attachment(.routeMissing($0.routes[1])))
    },
    .init(testDescription: "container's link down", commands: ["ip link set dev eth0 down"]) {
      .interface(.attachment(.networkMissing(cidr("10.1.2.3/24"), gateway: $0.ips[0].gateway, "eth0")))
    },
    .init(testDescription: "container's MAC", commands: ["ip link set dev eth0 address 02:00:00:00:00:05"]) {
      .interface(.mac("eth0", expected: $0.interfaces[2].mac, found: "02:00:00:00:00:05"))
    },
    .init(testDescription: "container's link gone", commands: ["ip link del eth0"]) { _ in .interface(.linkMissing("eth0")) },
    .init(
      testDescription: "container's link of another kind",
      commands: ["ip link del eth0", "ip link add name eth0 type bridge"]
    ) { _ in .interface(.otherKind("eth0")) },
    .init(
      testDescription: "port unplugged", commands: ["ip link set dev PORT nomaster"],
      expected: { _ in .portMissing(bridge: "br0") }, onHost: true),
    .init(
      testDescription: "port renamed", commands: ["ip link set dev PORT down", "ip link set dev PORT name other0"],
      expected: { .linkMissing($0.interfaces[1].name) }, onHost: true),
    .init(
      testDescription: "bridge's MAC", commands: ["ip link set dev br0 address 02:00:00:00:00:08"],
      expected: { .bridgeMAC("br0", expected: $0.interfaces[0].mac) }, onHost: true),
    .init(testDescription: "bridge gone", commands: ["ip link del br0"], expected: { _ in .linkMissing("br0") }, onHost: true),
    .init(
      testDescription: "no bridge any more", commands: ["ip link del br0", "ip link add name br0 type veth peer name x"],
      expected: { _ in .notABridge("br0") }, onHost: true),
  ]

  @Test(arguments: tamperings) func checkNames(_ tampering: Tampering) throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    let call = try bench.call(gateway)
    let result = try bench.add(call)
    try bench.check(call, result)
    let namespace = tampering.onHost ? bench.host : bench.container
    for command in tampering.commands {
      let words = command.split(separator: " ").map { $0 == "PORT" ? result.interfaces[1].name : String($0) }
      try Command(words).require(in: namespace)
    }
    #expect(failure { try bench.check(call, result) }?.bridge == .check(try tampering.expected(result)))
  }

  @Test func checkAsksTheIPAMFirst() throws {
    let bench = try Bench()
    bench.ipam.failure = .reply(type: "recording", ErrorObject(.unknownContainer, "who?"))
    // Later differences are reported too.
    guard case .differences(let all) = failure({ try bench.check(bench.call(gateway)) }), all.count == 2, case .reply = all[0]
    else {
      Issue.record("the IPAM was not asked first")
      return
    }
    #expect(all[1].bridge == .check(.interface(.noPrevResult)))
    bench.ipam.failure = nil
    #expect(failure { try bench.check(bench.call(gateway)) }?.bridge == .check(.interface(.noPrevResult)))
  }
}
