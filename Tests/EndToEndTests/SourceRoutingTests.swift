import JSON
import NetworkTypes
import TestSupport
import Testing

/// A Pod with two networks, each behind a router of its own, and a client behind each router. An answer that leaves by the other interface
/// is lost: that router knows no way to the client.
@Suite(.needsRoot, .needs(program: "ip"), .needs(program: "ping")) struct SourceRoutingTests {
  private static let networks = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      red: {chain: [{type: bridge, bridge: br1, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.1.0.0/24}], [{subnet: "fd01::/64"}]], routes: [{dst: 192.168.0.0/16, gw: 10.1.0.9}]}}]}
      blue: {chain: [{type: bridge, bridge: br2, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.2.0.0/24}], [{subnet: "fd02::/64"}]], routes: [{dst: 192.168.0.0/16, gw: 10.2.0.9}, {dst: 0.0.0.0/0}]}}, {type: tuning, dataDir: "DIR/tuning", mtu: 1400}]}
    """

  /// The client behind the router of a network: its link to the router, and the router's to the network.
  private struct Side {
    let client: ScratchNamespace
    let router: ScratchNamespace

    init(_ number: Int, _ node: ScratchNamespace) throws {
      (client, router) = (try ScratchNamespace(), try ScratchNamespace())
      for namespace in [client, router] { try namespace.turnOffDuplicateDetection() }
      try node.run("ip", "link", "add", "br\(number)", "type", "bridge")
      try node.run("ip", "link", "set", "br\(number)", "up")
      try node.run("ip", "link", "add", "lan\(number)0", "type", "veth", "peer", "name", "lan0", "netns", router.name)
      try node.run("ip", "link", "set", "lan\(number)0", "master", "br\(number)", "up")
      try router.run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "eth0", "netns", client.name)
      for (namespace, link, addresses) in [
        (router, "lan0", ["10.\(number).0.1/24", "fd0\(number)::1/64"]),
        (router, "out0", ["198.51.\(number).1/24", "fd9\(number)::1/64"]),
        (client, "eth0", ["198.51.\(number).2/24", "fd9\(number)::2/64"]),
      ] {
        try namespace.run("ip", "link", "set", link, "up")
        for address in addresses { try namespace.run("ip", "address", "add", address, "dev", link) }
      }
      for key in ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"] { try router.run("sysctl", "-q", "-w", key) }
      try client.run("ip", "route", "add", "default", "via", "198.51.\(number).1")
      try client.run("ip", "-6", "route", "add", "default", "via", "fd9\(number)::1")
    }

    func reaches(_ address: String, seconds: Int = 10) throws -> Bool {
      try Command("ping", "-c", "1", "-i", "0.2", "-w", "\(seconds)", address).run(in: client).succeeded
    }
  }

  private struct World {
    let lab: Lab
    let sides: [Side]

    init(_ attach: String, networks: String = SourceRoutingTests.networks) throws {
      lab = try Lab("rules: [{name: all, attach: [\(attach)]}]", networks: networks)
      sides = [try Side(1, lab.node), try Side(2, lab.node)]
    }

    /// Takes a Pod through ADD, CHECK and DEL, with strict reverse path filters.
    func live(_ body: (_ pod: ScratchNamespace, _ addresses: [(Side, String)]) throws -> Void) throws {
      let pod = try ScratchNamespace()
      for key in ["all", "default"] { try pod.run("sysctl", "-q", "-w", "net.ipv4.conf.\(key).rp_filter=1") }
      let before = try NamespaceDump(pod)
      let call = lab.call("c1", pod)
      let result = JSON.object(try call.run(on: lab.node).result())
      _ = try call.with("CHECK").run(on: lab.node).result()
      let addresses = (result["ips"]?.array ?? []).compactMap { ip -> (Side, String)? in
        guard let text = ip["address"]?.string, let cidr = try? CIDR(text) else { return nil }
        return (sides[text.hasPrefix("10.1.") || text.hasPrefix("fd01:") ? 0 : 1], cidr.address.description)
      }
      #expect(addresses.count == 4)
      try body(pod, addresses)
      _ = try call.with("CHECK").run(on: lab.node).result()
      _ = try call.with("DEL").run(on: lab.node).result()
      let changes = before.difference(to: try NamespaceDump(pod))
      #expect(changes == [] && lab.left == [])
    }
  }

  /// The owner of the default route may be routed by source as well, or be the second network.
  @Test(arguments: [
    "{network: red, defaultRoute: true}, {network: blue, routing: source}",
    "{network: red, defaultRoute: true, routing: source}, {network: blue, routing: source}",
    "{network: red, routing: source}, {network: blue, defaultRoute: true}",
    "{network: red, routing: source}, {network: blue, defaultRoute: true, routing: source}",
  ])
  func clientsGetTheAnswerByTheInterfaceThatTheyAsked(_ attach: String) throws {
    let world = try World(attach)
    let owner = attach.contains("blue, defaultRoute") ? 1 : 0
    try world.live { pod, addresses in
      for (side, address) in addresses { #expect(try side.reaches(address), "\(address)") }
      // Packets without an address yet go by the owner of the default route.
      for target in ["203.0.113.9", "fd77::9"] {
        let route = try pod.json(.ip, "route", "get", target).array?.first
        #expect(route?["dev"]?.string == (owner == 0 ? "eth0" : "net1"), "\(String(describing: route))")
      }
      // Both networks are reached directly.
      for (target, dev) in [("10.1.0.77", "eth0"), ("10.2.0.77", "net1"), ("fd01::77", "eth0"), ("fd02::77", "net1")] {
        #expect(try pod.json(.ip, "route", "get", target).array?.first?["dev"]?.string == dev, "\(target)")
      }
      // Each interface has the route that its IPAM names.
      for (_, source) in addresses where source.hasPrefix("10.") {
        let route = try pod.json(.ip, "route", "get", "192.168.3.4", "from", source).array?.first
        #expect(route?["gateway"]?.string == "\(source.prefix(7))9", "\(source)")
      }
    }
  }

  /// Without the option the answers of the second network take the wrong way: the search above looks at the right thing.
  @Test func withoutItTheSecondNetworkIsDeaf() throws {
    let world = try World("{network: red, defaultRoute: true}, {network: blue}")
    try world.live { _, addresses in
      for (side, address) in addresses {
        let isOfFirst = ["10.1.", "fd01:"].contains { address.hasPrefix($0) }
        let isAnswered = try side.reaches(address, seconds: isOfFirst ? 10 : 1)
        #expect(isAnswered == isOfFirst, "\(address)")
      }
    }
  }

  /// The chain may have the plugin already.
  @Test func theOptionAddsThePluginOnce() throws {
    let networks = Self.networks.replacing("mtu: 1400}]}", with: "mtu: 1400}, {type: sbr}]}")
    let world = try World("{network: red}, {network: blue, routing: source}", networks: networks)
    try world.live { pod, _ in
      let rules = try #require(pod.json(.ip, "rule", "show").array)
      #expect(rules.filter { $0["src"] != "all" }.count == 1)
    }
  }
}
