import CNI
import JSON
import TestSupport
import Testing

/// A container gets addresses that its neighbours know with another hardware address, as those of a container that just went.
///
/// The container sends nothing of its own. So a neighbour can learn the new hardware address only from the announcement.
@Suite(.needsRoot, .needs(program: "ip")) struct AnnouncementTests {
  private static let addresses = ["10.1.2.3", "fd01::3"]
  private static let old = "02:00:00:00:00:99"
  /// A neighbour that is sure of its knowledge does not ask again; one that is not sure asks the old hardware address first.
  private static let states = ["reachable", "stale"]

  private let bench: Bench
  /// A container that stays.
  private let keeper = try! ScratchNamespace()

  init() throws {
    bench = try Bench()
    try bench.host.turnOffDuplicateDetection()
    try bench.ipam.give("10.1.2.4/24 10.1.2.1", "fd01::4/64 fd01::1")
  }

  /// Lets a namespace know the addresses with the old hardware address.
  private func remember(_ link: String, _ namespace: ScratchNamespace, _ state: String) throws {
    for address in Self.addresses {
      try namespace.run("ip", "neigh", "replace", address, "lladdr", Self.old, "dev", link, "nud", state)
    }
  }

  /// Expects a namespace to know the addresses with the container's hardware address.
  private func expectNews(_ link: String, _ namespace: ScratchNamespace, _ location: SourceLocation = #_sourceLocation) throws {
    let mac = bench.container.link("eth0")["address"]?.string
    func known() throws -> [String?] {
      let entries = try namespace.json(.ip, "neigh", "show", "dev", link).array?.compactMap(\.object) ?? []
      return Self.addresses.map { address in entries.first { $0["dst"]?.string == address }?["lladdr"]?.string }
    }
    try? wait(for: "both addresses to be announced", atMost: 20) { try known() == [mac, mac] }
    #expect(try known() == [mac, mac], sourceLocation: location)
    #expect(Self.addresses.allSatisfy { namespace.hears($0) }, sourceLocation: location)
  }

  @Test(.needs(kernel: .bridge), arguments: states) func onABridgeThatStays(_ state: String) throws {
    try expectNewsBehindBridge([:], gateway: "br0", state)
  }

  @Test(.needs(kernel: .vlanFiltering), arguments: states) func inAVLANOfABridge(_ state: String) throws {
    try expectNewsBehindBridge(["vlan": 100], gateway: "br0.100", state)
  }

  /// `gateway` is the node's link in the network.
  private func expectNewsBehindBridge(_ keys: JSONObject, gateway: String, _ state: String) throws {
    var object: JSONObject = ["type": "bridge", "bridge": "br0", "isGateway": true, "ipam": ["type": "recording"]]
    object.members += keys.members
    let configuration = JSON.object(object)
    _ = try bench.add(bench.call(configuration, netns: keeper.path))
    try remember(gateway, bench.host, state)
    try remember("eth0", keeper, state)
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    _ = try bench.add(bench.call(configuration))
    try expectNews(gateway, bench.host)
    try expectNews("eth0", keeper)
  }

  @Test(.needs(kernel: .bridge)) func afterTheDetectionOfDuplicates() throws {
    let configuration: JSON = [
      "type": "bridge", "bridge": "br0", "isGateway": true, "enableDad": true, "ipam": ["type": "recording"],
    ]
    _ = try bench.add(bench.call(configuration, netns: keeper.path))
    try remember("br0", bench.host, "reachable")
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    _ = try bench.add(bench.call(configuration))
    try expectNews("br0", bench.host)
  }

  @Test(.needs(kernel: .macvlan), arguments: states) func onOneMasterAndOnItsLAN(_ state: String) throws {
    let host = bench.host
    try host.run("ip", "link", "add", "name", "nic", "type", "veth", "peer", "name", "lan")
    for link in ["nic", "lan"] { try host.run("ip", "link", "set", "dev", link, "up") }
    for address in ["10.1.2.1/24", "fd01::1/64"] { try host.run("ip", "addr", "add", address, "dev", "lan") }
    let configuration: JSON = ["type": "macvlan", "master": "nic", "ipam": ["type": "recording"]]
    _ = try bench.add(bench.call(configuration, netns: keeper.path))
    try remember("lan", host, state)
    try remember("eth0", keeper, state)
    try bench.ipam.give("10.1.2.3/24", "fd01::3/64")
    _ = try bench.add(bench.call(configuration))
    try expectNews("lan", host)
    try expectNews("eth0", keeper)
  }

  /// The node's end is as new as the container's, so nobody can know an old address. The announcement does no harm.
  @Test func onAPairOfItsOwn() throws {
    try bench.ipam.give("10.1.2.3/24 10.1.2.1", "fd01::3/64 fd01::1")
    _ = try bench.add(bench.call(["type": "ptp", "ipam": ["type": "recording"]]))
    #expect(Self.addresses.allSatisfy { bench.host.hears($0) })
    #expect(bench.container.hears("10.1.2.1") && bench.container.hears("fd01::1"))
  }
}

extension ScratchNamespace {
  /// Whether one of the first packets is answered. The kernel takes packets for an IPv6 address a moment after it was added.
  fileprivate func hears(_ address: String) -> Bool {
    (try? run("ping", "-c", "3", "-i", "0.2", "-W", "4", address)) != nil
  }
}
