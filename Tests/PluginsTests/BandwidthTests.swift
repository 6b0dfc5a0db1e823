import CNI
import JSON
import Netlink
import NetworkTypes
import PluginModel
import TestSupport
import Testing

@testable import Plugins

@Suite(.needsRoot, .needs(program: "ip"), .needs(program: "tc"), .needs(program: "ping"), .needs(kernel: .shaping))
struct BandwidthTests {
  /// 8 Mbit/s both ways, with bursts of 100 kB.
  static let limits: JSONObject = [
    "ingressRate": 8_000_000, "ingressBurst": 800_000, "egressRate": 8_000_000, "egressBurst": 800_000,
  ]
  /// 1 Mbit/s both ways, with a bucket of one packet.
  static let slow: JSONObject = ["ingressRate": 1_000_000, "ingressBurst": 8, "egressRate": 1_000_000, "egressBurst": 8]
  static let scopes: [JSONObject] = [
    [:], ["shapedSubnets": ["198.51.100.0/24", "fd77::/64"]], ["unshapedSubnets": ["198.51.100.0/24", "fd77::/64", "::/0"]],
  ]

  @Test(arguments: scopes) func wholeLife(_ scope: JSONObject) throws {
    let pair = try ShapedPair(Self.limits + scope)
    let before = try pair.bench.dump()
    let result = try pair.bench.add(pair.call)
    let ifb = try #require(result.interfaces.last)
    #expect(result.interfaces.dropLast() == pair.made.interfaces[...] && ifb.sandbox == "" && ifb.mtu == 1500)
    #expect(ifb.name.hasPrefix("ifb") && ifb.name.utf8.count == 15)
    let link = pair.bench.host.link(ifb.name)
    #expect(
      link["address"]?.string == ifb.mac && link["ifalias"] == "net pod eth0" && link["linkinfo"]?.object?["info_kind"] == "ifb")
    for device in [pair.port, ifb.name] {
      let shaped = try pair.qdiscs(device).first { $0["kind"] == "tbf" }
      // 100 kB, and 25 ms of waiting.
      if device == ifb.name || scope.isEmpty {
        #expect(shaped?["handle"] == "1:" && shaped?["options"]?.object?["rate"] == 1_000_000)
        #expect(shaped?["options"]?.object?["burst"] == "100000b/1" && shaped?["options"]?.object?["lat"] == 25_000)
      } else {
        #expect(try pair.qdiscs(device).contains { $0["kind"] == "bfifo" && $0["options"]?.object?["limit"] == 125_000 })
        let classes = try pair.bench.host.run("tc", "class", "show", "dev", device)
        #expect(
          classes.contains("class htb 1:1 root leaf 2: prio 0 rate 8Mbit ceil 8Mbit burst 100000b cburst 100000b"), "\(classes)")
      }
    }
    try pair.bench.check(pair.call, result)
    try pair.delete(result)
    try pair.delete(result)
    try pair.remake()
    try pair.bench.expectNothing(since: before)
  }

  /// Without limits there is nothing to do, whatever the interface is.
  @Test func withoutLimitsNothingHappens() throws {
    let bench = try Bench()
    let before = try bench.dump()
    let made = CNIResult(interfaces: [.init(name: "nowhere0"), .init(name: "eth0", mac: "x", sandbox: "/nowhere")])
    for keys in [[:], ["ingressRate": 0, "ingressBurst": 0, "shapedSubnets": ["10.0.0.0/8"]]] as [JSONObject] {
      var call = try bench.call(.object(["type": "bandwidth"] + keys))
      call.call.previous = .value(made)
      #expect(try bench.add(call) == made)
      try bench.check(call, made)
      try bench.delete(call)
    }
    try bench.expectNothing(since: before)
  }

  @Test func onlyOneDirection() throws {
    for (direction, count) in [("ingress", 2), ("egress", 3)] {
      let keys: JSONObject = ["\(direction)Rate": 8_000_000, "\(direction)Burst": 800_000]
      let pair = try ShapedPair(keys)
      let result = try pair.bench.add(pair.call)
      #expect(result.interfaces.count == count)
      let kinds = try pair.qdiscs(pair.port).compactMap { $0["kind"]?.string }
      #expect(kinds == [direction == "ingress" ? "tbf" : "noqueue"] + (direction == "egress" ? ["ingress"] : []))
      try pair.bench.check(pair.call, result)
    }
  }

  // MARK: - Packets

  /// Packets of each family pass the buckets, both ways. The counters are the kernel's: nothing is timed.
  @Test(arguments: ["192.0.2.1", "fd02::1"]) func packetsPassTheBuckets(_ node: String) throws {
    let pair = try ShapedPair(Self.slow)
    let result = try pair.bench.add(pair.call)
    let ifb = try #require(result.interfaces.last).name
    #expect(pair.bench.container.reaches(node))
    let before = try (pair.counters(pair.port), pair.counters(ifb))
    try pair.bench.container.run("ping", "-q", "-c", "20", "-i", "0.002", "-s", "1400", "-W", "5", node)
    let after = try (pair.counters(pair.port), pair.counters(ifb))
    for (before, after) in [(before.0, after.0), (before.1, after.1)] {
      #expect(after.bytes - before.bytes >= 20 * 1400 && after.bytes - before.bytes < 20 * 1600, "\(before) \(after)")
    }
  }

  /// What exceeds the bucket waits. At 10 bytes per second, the second packet would pass after more than two minutes.
  @Test(arguments: [("192.0.2.1", "192.0.2.3"), ("fd02::1", "fd02::3")]) func packetsWait(_ node: String, _ pod: String) throws {
    let pair = try ShapedPair(["ingressRate": 80, "ingressBurst": 8, "egressRate": 80, "egressBurst": 8])
    try pair.setNeighbours()
    let result = try pair.bench.add(pair.call)
    let ifb = try #require(result.interfaces.last).name
    // The first request and its answer pass.
    _ = try Command("ping", "-q", "-c", "4", "-i", "0.002", "-s", "1000", "-W", "1", node).run(in: pair.bench.container)
    #expect(try pair.counters(ifb).bytes >= 1000 && pair.counters(ifb).waiting >= 3)
    #expect(try pair.counters(pair.port).bytes >= 1000 && pair.counters(pair.port).waiting == 0)
    _ = try Command("ping", "-q", "-c", "4", "-i", "0.002", "-s", "1000", "-W", "1", pod).run(in: pair.bench.host)
    #expect(try pair.counters(pair.port).waiting >= 4)
    #expect(try pair.counters(pair.port).bytes < 2 * 1000)
  }

  /// Only the packets of the right subnets pass the buckets, both ways and for each family.
  @Test(arguments: scopes.dropFirst()) func packetsOfSubnets(_ scope: JSONObject) throws {
    let pair = try ShapedPair(Self.slow + scope)
    let isOnly = scope["shapedSubnets"] != nil
    for address in ["198.51.100.1/32", "fd77::1/128"] { try pair.bench.host.run("ip", "address", "add", address, "dev", "lo") }
    let result = try pair.bench.add(pair.call)
    let ifb = try #require(result.interfaces.last).name
    // The last scope has all of IPv6.
    for (node, isIn) in [("192.0.2.1", false), ("fd02::1", !isOnly), ("198.51.100.1", true), ("fd77::1", true)] {
      #expect(pair.bench.container.reaches(node), "\(node)")
      let before = try (pair.classBytes(), pair.counters(ifb).bytes)
      try pair.bench.container.run("ping", "-q", "-c", "4", "-i", "0.002", "-s", "1400", "-W", "5", node)
      let passed = try (pair.classBytes() - before.0, pair.counters(ifb).bytes - before.1)
      // Others that pass meanwhile, such as neighbour discovery, are smaller.
      #expect((passed.0 >= 4 * 1400) == (isIn == isOnly) && (passed.1 >= 4 * 1400) == (isIn == isOnly), "\(node) \(passed)")
    }
    try pair.bench.check(pair.call, result)
  }

  // MARK: - Failures

  @Test func somebodyElsesQdiscStays() throws {
    for keys in [Self.limits, Self.limits + ["shapedSubnets": ["10.0.0.0/8"]]] {
      let pair = try ShapedPair(keys)
      try pair.bench.host.run("tc", "qdisc", "add", "dev", pair.port, "root", "handle", "7:", "pfifo", "limit", "9")
      let before = try pair.bench.dump()
      guard case .netlink(let error)? = failure({ _ = try pair.bench.add(pair.call) }) else {
        Issue.record("the ADD succeeded")
        return
      }
      #expect(error.errno == .fileExists)
      try pair.bench.expectNothing(since: before)
    }
  }

  @Test func anIFBOfSomebodyElseStays() throws {
    let pair = try ShapedPair(Self.limits)
    // A bridge has the name.
    try pair.bench.host.run("ip", "link", "add", pair.ifb.name.text, "type", "veth", "peer", "name", "other")
    let before = try pair.bench.dump()
    #expect(failure { _ = try pair.bench.add(pair.call) } != nil)
    try pair.bench.expectNothing(since: before)
  }

  /// What the pair lacks is found before anything is made.
  @Test func thePairMustBeThere() throws {
    let pair = try ShapedPair(Self.limits)
    let before = try pair.bench.dump()
    func error(_ interfaces: [CNIResult.Interface]) -> DelegateError? {
      var call = pair.call
      call.call.previous = .value(CNIResult(interfaces: interfaces))
      return failure { _ = try pair.bench.add(call) }
    }
    let own = CNIResult.Interface(name: "eth0", mac: "", sandbox: pair.bench.container.path)
    #expect(error([])?.bandwidth == .noInterfaces)
    #expect(error([own])?.bandwidth == .peerUnlisted(name("eth0"), pair.port))
    #expect(
      error([own, .init(name: pair.port, mac: "", sandbox: "/elsewhere")])?.bandwidth == .peerUnlisted(name("eth0"), pair.port))
    try pair.bench.container.run("ip", "link", "set", "eth0", "name", "eth9")
    guard case .linkMissing? = error([own]) else {
      Issue.record("no error about the missing link")
      return
    }
    try pair.bench.container.run("ip", "link", "set", "lo", "name", "eth0")
    #expect(error([own])?.bandwidth == .noVeth(name("eth0")))
    try pair.bench.container.run("ip", "link", "set", "eth0", "name", "lo")
    try pair.bench.container.run("ip", "link", "set", "eth9", "name", "eth0")
    // Both ends in the container: the number of the other end means another link on the node, or none.
    try pair.bench.container.run("ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1")
    var call = pair.call
    call.call = DelegateCall(
      containerID: call.call.containerID, netns: call.call.netns, ifName: name("x0"), args: call.call.args, path: [],
      previous: .value(CNIResult(interfaces: [own])))
    let found = failure { _ = try pair.bench.add(call) }?.bandwidth
    if case .peerElsewhere? = found {} else { Issue.record("\(String(describing: found))") }
    try pair.bench.container.run("ip", "link", "delete", "x0")
    try pair.bench.expectNothing(since: before)
  }

  @Test(.needs(kernel: .macvlan)) func macvlanIsRefused() throws {
    let bench = try Bench()
    try bench.host.run("ip", "link", "add", "nic", "type", "veth", "peer", "name", "lan")
    try bench.host.run("ip", "link", "add", "link", "nic", "name", "eth0", "netns", bench.container.name, "type", "macvlan")
    var call = try bench.call(.object(["type": "bandwidth"] + Self.limits))
    call.call.previous = .value(CNIResult(interfaces: [.init(name: "eth0", mac: "", sandbox: bench.container.path)]))
    let error = failure { _ = try bench.add(call) }?.bandwidth
    #expect(error == .noVeth(name("eth0")) && error?.object.text.contains("bridge or ptp") == true)
  }

  @Test func withoutAPreviousResult() throws {
    let bench = try Bench()
    let call = try bench.call(.object(["type": "bandwidth"] + Self.limits))
    for body in [{ _ = try bench.add(call) }, { try bench.check(call) }] {
      guard case .plugin(let error as ChainedError)? = failure(body) else {
        Issue.record("no error about prevResult")
        continue
      }
      #expect(error.object.msg.contains("chained plugin"))
    }
  }

  // MARK: - Again

  /// An ADD that was killed has left a part. The next one succeeds, and CHECK agrees.
  @Test(
    arguments: [
      "true", "tc qdisc del dev IFB root", "tc qdisc del dev PORT ingress", "tc qdisc del dev PORT root", "ip link del IFB",
      "tc filter del dev PORT ingress", "ip link set IFB down",
      "tc qdisc del dev PORT root; tc qdisc add dev PORT root handle 1: tbf rate 1mbit burst 10kb limit 10kb",
      "tc qdisc del dev PORT root; tc qdisc add dev PORT root handle 1: htb",
    ])
  func anAddAfterACrash(_ deed: String) throws {
    for scope in Self.scopes {
      let pair = try ShapedPair(Self.limits + scope)
      let result = try pair.bench.add(pair.call)
      try pair.spoil(deed, result)
      let again = try pair.bench.add(pair.call)
      #expect(again.interfaces.map(\.name) == result.interfaces.map(\.name))
      try pair.bench.check(pair.call, again)
      #expect(pair.bench.container.reaches("192.0.2.1"))
      try pair.delete(nil)
    }
  }

  // MARK: - CHECK

  @Test(
    arguments: [
      ("tc qdisc del dev PORT root", .qdiscMissing("PORT"), 0),
      ("tc qdisc change dev PORT root tbf rate 9mbit burst 100000b limit 125000b", .rate("PORT"), 0),
      ("tc qdisc change dev PORT root tbf rate 8mbit burst 100000b limit 99999b", .limit("PORT"), 0),
      ("tc qdisc change dev PORT root tbf rate 8mbit burst 99999b limit 125000b", .buffer("PORT"), 0),
      ("tc qdisc change dev IFB root tbf rate 9mbit burst 100000b limit 125000b", .rate("IFB"), 0),
      ("tc qdisc del dev IFB root", .qdiscMissing("IFB"), 0),
      ("ip link del IFB", .ifbMissing("IFB"), 0),
      ("ip link set IFB down", .ifbDown("IFB"), 0),
      ("tc qdisc del dev PORT ingress", .qdiscMissing("PORT"), 0),
      ("tc filter del dev PORT ingress", .filtersChanged("PORT"), 0),
      ("tc filter del dev PORT ingress pref 2", .filtersChanged("PORT"), 1),
      ("tc filter del dev PORT parent 1: pref 1", .filtersChanged("PORT"), 2),
      ("tc filter del dev PORT ingress pref 3", .filtersChanged("PORT"), 2),
      (
        "tc class change dev PORT classid 1:1 htb rate 8mbit ceil 9mbit burst 100000b cburst 100000b",
        .classChanged("PORT", "1:1"), 1
      ),
      (
        "tc class change dev PORT classid 1:1 htb rate 9mbit burst 100000b cburst 100000b",
        .classChanged("PORT", "1:1"), 2
      ),
      ("tc qdisc change dev PORT parent 1:1 bfifo limit 9", .limit("PORT"), 2),
      ("tc qdisc del dev PORT parent 1:1", .qdiscMissing("PORT"), 1),
    ] as [(String, ShapingDifference, Int)])
  func checkNamesTheDifference(_ deed: String, _ expected: ShapingDifference, _ scope: Int) throws {
    let pair = try ShapedPair(Self.limits + Self.scopes[scope])
    let result = try pair.bench.add(pair.call)
    try pair.bench.check(pair.call, result)
    try pair.spoil(deed, result)
    let found = failure { try pair.bench.check(pair.call, result) }?.bandwidth
    let names = ["PORT": pair.port, "IFB": result.interfaces.last?.name ?? ""]
    #expect(found == .check(expected.renamed(names)))
  }

  // MARK: - DEL

  /// Nothing but the names is needed: not the namespace, not a result, not the limits.
  @Test(arguments: ["", "/run/netns/braid-test-none"]) func deleteWithoutAnything(_ netns: String) throws {
    let pair = try ShapedPair(Self.limits)
    let result = try pair.bench.add(pair.call)
    for keys in [[:], ["ingressRate": "nonsense"]] as [JSONObject] {
      let call = try pair.bench.call(.object(["type": "bandwidth"] + keys), netns: netns)
      try pair.bench.delete(call)
      #expect(try !pair.bench.host.linkNames().contains(result.interfaces.last?.name ?? ""))
    }
  }

  /// Each interface has a link of its own, and DEL of one leaves the other's.
  @Test func twoInterfacesOfOneNetwork() throws {
    let pair = try ShapedPair(Self.limits)
    let first = try pair.bench.add(pair.call)
    let (call, made) = try pair.second()
    let second = try pair.bench.add(call)
    #expect(second.interfaces.last?.name != first.interfaces.last?.name && second.interfaces.dropLast() == made.interfaces[...])
    try pair.bench.check(pair.call, first)
    try pair.bench.check(call, second)
    var gone = call
    gone.call.previous = .none
    try pair.bench.delete(gone)
    try pair.bench.check(pair.call, first)
    #expect(try pair.bench.host.linkNames().contains(first.interfaces.last?.name ?? ""))
  }

  @Test func namesOfAttachments() throws {
    func ifb(_ network: String, _ container: String, _ interface: String) throws -> EgressIFB {
      EgressIFB(try NetworkName(network), CNI.Attachment(containerID: container, ifName: interface))
    }
    let all = try [ifb("a", "b", "c"), ifb("a", "b", "d"), ifb("a", "c", "c"), ifb("b", "b", "c")]
    #expect(Set(all.map(\.name)).count == 4 && all[0].mac == all[1].mac && all[0].mac != all[3].mac)
    // A link that was made by one release is found by the next.
    #expect(all[0].name.text == "ifb04d991b26f0a" && all[0].mac.description == "fe:ce:74:b2:9a:10")
    #expect(try ifb("a", String(repeating: "x", count: 250), "eth0").alias == nil)
    #expect(try ReferenceIFB(NetworkName("cni-plugin-bandwidth-test"), ContainerID("dummy")).name.text == "bwpa8eda89404b7")
  }

  /// The reference plugin has made it, and Braid has taken its place since.
  @Test func theReferencePluginsLinkIsRemovedToo() throws {
    let pair = try ShapedPair(Self.limits)
    let theirs = ReferenceIFB(try NetworkName("net"), pair.call.call.containerID).name.text
    func isThere() throws -> Bool { try pair.bench.host.linkNames().contains(theirs) }
    var call = pair.call
    for (result, isRemoved) in [
      (nil, true), (CNIResult(interfaces: pair.made.interfaces + [.init(name: theirs)]), true), (pair.made, false),
    ] as [(CNIResult?, Bool)] {
      try pair.bench.host.run("ip", "link", "add", theirs, "type", "ifb")
      call.call.previous = result.map { .value($0) } ?? .none
      try pair.bench.delete(call)
      #expect(try isThere() == !isRemoved)
    }
    // A link of another kind is somebody else's.
    try pair.bench.host.run("ip", "link", "del", theirs)
    try pair.bench.host.run("ip", "link", "add", theirs, "type", "veth", "peer", "name", "other")
    call.call.previous = .none
    try pair.bench.delete(call)
    #expect(try isThere())
  }

  // MARK: - GC, lost records, STATUS

  @Test func garbage() throws {
    let pair = try ShapedPair(Self.limits)
    let first = try #require(try pair.bench.add(pair.call).interfaces.last).name
    let (call, _) = try pair.second()
    let second = try #require(try pair.bench.add(call).interfaces.last).name
    // Others' ifbs: of another network, of a person, and one that only has a name like ours.
    let other = EgressIFB(try NetworkName("other"), CNI.Attachment(containerID: "pod", ifName: "eth0"))
    try pair.bench.host.run("ip", "link", "add", other.name.text, "address", other.mac.description, "type", "ifb")
    try pair.bench.host.run("ip", "link", "add", "ifb0", "address", pair.ifb.mac.description, "type", "ifb")
    try pair.bench.host.run("ip", "link", "add", "ifb0123456789ab", "type", "ifb")
    let others = [other.name.text, "ifb0", "ifb0123456789ab"]
    func left(_ valid: [CNI.Attachment]) throws -> Set<String> {
      try pair.collect(valid)
      return Set(try pair.bench.host.linkNames()).intersection([first, second] + others)
    }
    let (eth0, net1) = (CNI.Attachment(containerID: "pod", ifName: "eth0"), CNI.Attachment(containerID: "pod", ifName: "net1"))
    #expect(try left([eth0, net1]) == Set([first, second] + others))
    #expect(try left([CNI.Attachment(containerID: "pod", ifName: "")]) == Set([first, second] + others))
    #expect(try left([eth0, CNI.Attachment(containerID: "po", ifName: "")]) == Set([first] + others))
    #expect(try left([]) == Set(others))
    #expect(try left([]) == Set(others))
  }

  @Test func aContainerWhoseRecordIsLost() throws {
    let pair = try ShapedPair(Self.limits)
    let first = try #require(try pair.bench.add(pair.call).interfaces.last).name
    let (call, _) = try pair.second()
    let second = try #require(try pair.bench.add(call).interfaces.last).name
    func left(keeping: Set<String>, of container: String = "pod") throws -> Set<String> {
      var released = try pair.bench.call(.object(["type": "bandwidth"]), netns: "")
      released.call = DelegateCall(
        containerID: try ContainerID(container), netns: "", ifName: name("eth0"), args: .none, path: [])
      try pair.release(released, keeping: keeping)
      return Set(try pair.bench.host.linkNames()).intersection([first, second])
    }
    #expect(try left(keeping: [], of: "po") == [first, second])
    #expect(try left(keeping: ["eth0"]) == [first])
    #expect(try left(keeping: []) == [])
  }

  @Test(arguments: [[:], ["shapedSubnets": ["10.0.0.0/8"]]] as [JSONObject]) func statusOfAGoodNode(_ scope: JSONObject) throws {
    for keys in [Self.limits + scope, scope] {
      let bench = try Bench()
      let before = try bench.dump()
      #expect(try ShapedPair.status(bench, keys) == [])
      try bench.expectNothing(since: before)
    }
  }
}

extension JSONObject {
  static func + (a: JSONObject, b: JSONObject) -> JSONObject { JSONObject(a.members + b.members) }
}

/// A bench with a pair that `ptp` has made, and a call of `bandwidth` for it.
private struct ShapedPair {
  let bench: Bench
  let made: CNIResult
  let port: String
  var call: BenchCall
  let ifb: EgressIFB
  private let maker: BenchCall

  init(_ keys: JSONObject) throws {
    bench = try Bench()
    try bench.host.turnOffDuplicateDetection()
    try bench.ipam.give(
      "192.0.2.3/24 192.0.2.1", "fd02::3/64 fd02::1", routes: [.init(dst: cidr("0.0.0.0/0")), .init(dst: cidr("::/0"))])
    maker = try bench.call(.object(["type": "ptp", "ipam": ["type": "recording"]]))
    made = try bench.add(maker)
    port = made.interfaces[0].name
    call = try bench.call(.object(["type": "bandwidth"] + keys))
    call.call.previous = .value(made)
    ifb = EgressIFB(try NetworkName("net"), call.call)
  }

  /// DEL of `bandwidth`, with this result.
  func delete(_ result: CNIResult?) throws {
    var call = call
    call.call.previous = result.map { .value($0) } ?? .none
    try bench.delete(call)
  }

  /// Takes the qdiscs of the pair away, which DEL leaves to the pair's own end.
  func remake() throws {
    for place in ["root", "ingress"] { _ = try Command("tc", "qdisc", "del", "dev", port, place).run(in: bench.host) }
  }

  /// Another interface of the container in the same network.
  func second() throws -> (BenchCall, CNIResult) {
    try bench.host.run("ip", "link", "add", "v1", "type", "veth", "peer", "name", "net1", "netns", bench.container.name)
    var call = call
    let made = CNIResult(interfaces: [.init(name: "v1"), .init(name: "net1", mac: "", sandbox: bench.container.path)])
    call.call = DelegateCall(
      containerID: call.call.containerID, netns: call.call.netns, ifName: name("net1"), args: .none, path: [],
      previous: .value(made))
    return (call, made)
  }

  /// Runs a shell command on the node. PORT and IFB stand for the two links.
  func spoil(_ deed: String, _ result: CNIResult) throws {
    let named = deed.replacing("PORT", with: port).replacing("IFB", with: result.interfaces.last?.name ?? "")
    try Command("sh", "-ec", named).require(in: bench.host)
  }

  func qdiscs(_ device: String) throws -> [JSONObject] {
    try bench.host.json(.tc, "-d", "qdisc", "show", "dev", device).array?.compactMap(\.object) ?? []
  }

  /// What the root qdisc of a link has let pass, and how many packets wait.
  func counters(_ device: String) throws -> (bytes: Int, waiting: Int) {
    let all = try bench.host.json(.tc, "-s", "qdisc", "show", "dev", device).array?.compactMap(\.object) ?? []
    let root = all.first { $0["root"] == true }
    return (root?["bytes"]?.int ?? 0, root?["qlen"]?.int ?? 0)
  }

  /// Lets both ends know the other's hardware address for ever, so that nobody asks.
  func setNeighbours() throws {
    for (space, device, addresses, mac) in [
      (bench.container, "eth0", ["192.0.2.1", "fd02::1"], made.interfaces[0].mac),
      (bench.host, port, ["192.0.2.3", "fd02::3"], made.interfaces[1].mac),
    ] {
      for address in addresses {
        try space.run("ip", "neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent")
      }
    }
  }

  /// The bytes that the limited class of the node's end has let pass.
  func classBytes() throws -> Int {
    let leaf = try bench.host.json(.tc, "-s", "qdisc", "show", "dev", port).array?.compactMap(\.object).first {
      $0["parent"] == "1:1"
    }
    return leaf?["bytes"]?.int ?? 0
  }

  func collect(_ valid: [CNI.Attachment]) throws {
    try Self.run(bench, call.configuration, .use) { try $0.collectGarbage(keeping: valid, on: $1, path: []) }
  }

  func release(_ released: BenchCall, keeping: Set<String>) throws {
    try Self.run(bench, released.configuration, .removal) { try $0.release(released.call, keeping: keeping, on: $1) }
  }

  /// STATUS, which must succeed, and its remarks.
  static func status(_ bench: Bench, _ keys: JSONObject) throws -> [String] {
    let call = try bench.call(.object(["type": "bandwidth"] + keys))
    return try run(bench, call.configuration, .use) {
      try $0.status(on: $1, path: [])
      return try $0.remarks(on: $1)
    }
  }

  private static func run<T>(
    _ bench: Bench, _ configuration: PluginConfiguration, _ purpose: Purpose, _ body: (any PreparedDelegate, Node) throws -> T
  ) throws -> T {
    try bench.host.visit {
      let node = try Node()
      return try body(ChainedDelegate<BandwidthPlugin>().prepare(configuration, for: purpose, on: node, path: []), node)
    }
  }
}

extension ShapingDifference {
  /// The same about other links.
  fileprivate func renamed(_ names: [String: String]) -> ShapingDifference {
    func new(_ name: String) -> String { names[name] ?? name }
    return switch self {
    case .qdiscMissing(let name): .qdiscMissing(new(name))
    case .rate(let name): .rate(new(name))
    case .limit(let name): .limit(new(name))
    case .buffer(let name): .buffer(new(name))
    case .classChanged(let name, let handle): .classChanged(new(name), handle)
    case .filtersChanged(let name): .filtersChanged(new(name))
    case .ifbMissing(let name): .ifbMissing(new(name))
    case .ifbDown(let name): .ifbDown(new(name))
    }
  }
}
