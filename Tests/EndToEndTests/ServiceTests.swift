import JSON
import NetworkTypes
import TestSupport
import Testing

/// Packets of Pods that pass the node: to outside, to host ports, back to the caller itself. Every way is tried by real exchanges.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .nftables)) struct ServiceTests {
  /// A node's links to its Pods, and whether the bridge's packets pass the node's netfilter.
  struct Ground: CustomTestStringConvertible, Sendable {
    let type: String
    let bridgeNetfilter: Bool

    var testDescription: String { "\(type), bridge-nf-call-iptables \(bridgeNetfilter ? 1 : 0)" }
    /// Whether the node translates addresses between neighbours too. Otherwise they must see the node's address.
    var keepsNeighbours: Bool { bridgeNetfilter || type == "ptp" }

    static let all = [
      Ground(type: "bridge", bridgeNetfilter: false), Ground(type: "bridge", bridgeNetfilter: true),
      Ground(type: "ptp", bridgeNetfilter: true),
    ]
  }

  private static let families = Array(AddressFamily.allCases.enumerated())
  private static func address(_ texts: [String], _ index: Int) throws -> IPAddress { try IPAddress(texts[index]) }

  @Test(arguments: Ground.all) func podsReachOutside(_ ground: Ground) throws {
    let lab = try ServiceLab(ServiceLab.network(ground.type), bridgeNetfilter: ground.bridgeNetfilter)
    let (a, b) = (try lab.pod("a"), try lab.pod("b"))
    func tryAll(_ when: String) throws {
      for transport in Traffic.Transport.allCases {
        for (index, family) in Self.families {
          let outside = try Traffic.Server(transport, family, port: 80, in: lab.outside)
          let node = try Self.address(ServiceLab.nodeAddresses, index)
          let there = try Self.address(ServiceLab.outsideAddresses, index)
          #expect(
            try Traffic.call(there, port: 80, from: a.namespace, answeredBy: outside) == node, "\(transport) \(family) \(when)")
          // A Pod sees the other Pod's own address.
          let inside = try Traffic.Server(transport, family, port: 81, in: b.namespace)
          #expect(
            try Traffic.call(b.addresses[index], port: 81, from: a.namespace, answeredBy: inside) == a.addresses[index],
            "\(transport) \(family) \(when)")
        }
      }
    }
    try tryAll("alone")
    let other = try lab.pod("c")
    try tryAll("beside another Pod")
    try lab.delete(other)
    try tryAll("after another Pod's end")
    try lab.delete(a)
    try lab.delete(b)
    #expect(try !lab.node.run("nft", "list", "ruleset").contains("container "))
  }

  @Test(arguments: Ground.all) func hostPortsReachThePod(_ ground: Ground) throws {
    let lab = try ServiceLab(ServiceLab.network(ground.type), bridgeNetfilter: ground.bridgeNetfilter)
    let caller = try lab.pod("caller")
    let pod = try lab.pod(
      "pod",
      ports: [ServiceLab.port(8080, to: 80), ServiceLab.port(8080, to: 80, .udp), ServiceLab.port(9090, to: 80, on: "192.0.2.1")])
    func tryAll(_ when: String) throws {
      for transport in Traffic.Transport.allCases {
        for (index, family) in Self.families {
          let server = try Traffic.Server(transport, family, port: 80, in: pod.namespace)
          let node = try Self.address(ServiceLab.nodeAddresses, index)
          func seen(_ from: ScratchNamespace, _ address: IPAddress? = nil, port: UInt16 = 8080) throws -> IPAddress? {
            try Traffic.call(address ?? node, port: port, from: from, answeredBy: server)
          }
          let what = Comment(rawValue: "\(transport) \(family) \(when)")
          #expect(try seen(lab.outside) == Self.address(ServiceLab.outsideAddresses, index), what)
          #expect(try seen(lab.node) == node, what)
          let gateway = try Self.gateway(family)
          #expect(try seen(caller.namespace) == (ground.keepsNeighbours ? caller.addresses[index] : gateway), what)
          #expect(try seen(pod.namespace) == gateway, what)
          if family == .ipv4 { #expect(try seen(lab.node, IPAddress("127.0.0.1")) == gateway, what) }
        }
      }
      // A host port on one of the node's addresses.
      let server = try Traffic.Server(.tcp, .ipv4, port: 80, in: pod.namespace)
      let outside = try Self.address(ServiceLab.outsideAddresses, 0)
      #expect(try Traffic.call(IPAddress("192.0.2.1"), port: 9090, from: lab.outside, answeredBy: server) == outside)
      #expect(try Traffic.call(Self.gateway(.ipv4), port: 9090, from: caller.namespace, answeredBy: server) == nil)
    }
    try tryAll("alone")
    let other = try lab.pod("other", ports: [ServiceLab.port(8081, to: 80)])
    try tryAll("beside another Pod")
    try lab.delete(other)
    try tryAll("after another Pod's end")
    try lab.delete(pod)
    for transport in Traffic.Transport.allCases {
      for (index, family) in Self.families {
        let server = try Traffic.Server(transport, family, port: 80, in: pod.namespace)
        let node = try Self.address(ServiceLab.nodeAddresses, index)
        #expect(try Traffic.call(node, port: 8080, from: lab.outside, answeredBy: server) == nil)
      }
    }
  }

  /// The gateway's address of the lab's network, which the node has on its links to the Pods.
  private static func gateway(_ family: AddressFamily) throws -> IPAddress {
    try IPAddress(family == .ipv4 ? "10.61.0.1" : "fd61::1")
  }

  /// `ipMasqExcept`: the destination sees the Pod's own address, and answers if it has a route.
  @Test func exceptionsKeepTheAddress() throws {
    let lab = try ServiceLab(
      ServiceLab.network("bridge", extra: "ipMasqExcept: [192.0.2.0/24, 192.0.0.0/16, \"2001:db8::/32\"], "))
    let pod = try lab.pod("a")
    try lab.outside.run("ip", "route", "add", "10.61.0.0/24", "via", ServiceLab.nodeAddresses[0])
    try lab.outside.run("ip", "route", "add", "fd61::/64", "via", ServiceLab.nodeAddresses[1])
    for (index, family) in Self.families {
      let server = try Traffic.Server(.tcp, family, port: 80, in: lab.outside)
      let there = try Self.address(ServiceLab.outsideAddresses, index)
      #expect(try Traffic.call(there, port: 80, from: pod.namespace, answeredBy: server) == pod.addresses[index])
    }
  }

  /// `masqAll`, and what `snat: false` leaves out.
  @Test func whoIsMasqueraded() throws {
    let policy = ServiceLab.network("bridge").replacing("ipMasq: true, ", with: "")
    let all = try ServiceLab(policy.replacing("- type: portmap", with: "- {type: portmap, masqAll: true}"))
    let server = try all.pod("pod", ports: [ServiceLab.port(8080, to: 80)])
    for (index, family) in Self.families {
      let there = try Traffic.Server(.tcp, family, port: 80, in: server.namespace)
      let node = try Self.address(ServiceLab.nodeAddresses, index)
      #expect(try Traffic.call(node, port: 8080, from: all.outside, answeredBy: there) == Self.gateway(family))
    }
    let none = try ServiceLab(policy.replacing("- type: portmap", with: "- {type: portmap, snat: false}"))
    let pod = try none.pod("pod", ports: [ServiceLab.port(8080, to: 80)])
    let there = try Traffic.Server(.tcp, .ipv4, port: 80, in: pod.namespace)
    let node = try Self.address(ServiceLab.nodeAddresses, 0)
    #expect(
      try Traffic.call(node, port: 8080, from: none.outside, answeredBy: there) == Self.address(ServiceLab.outsideAddresses, 0))
    #expect(try Traffic.call(node, port: 8080, from: pod.namespace, answeredBy: there) == nil)
    #expect(try Traffic.call(IPAddress("127.0.0.1"), port: 8080, from: none.node, answeredBy: there) == nil)
    #expect(try none.node.run("cat", "/proc/sys/net/ipv4/conf/br-pods/route_localnet").hasPrefix("0"))
  }

  // MARK: - Connections that last

  /// A UDP client that keeps its port: its packets follow the Pod that has the host port now, and end with it.
  @Test func connectionsFollowTheHostPort() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    for (index, family) in Self.families {
      let ports = [ServiceLab.port(8053, to: 53, .udp)]
      let node = try Self.address(ServiceLab.nodeAddresses, index)
      let client = try Traffic.Client(.udp, family, in: lab.outside)
      let program = try Traffic.Server(.udp, family, port: 8053, in: lab.node)
      let outside = try Self.address(ServiceLab.outsideAddresses, index)
      // Before any Pod has the port a program of the node answers. The connection is tracked without translation.
      #expect(client.call(node, port: 8053, answeredBy: program) == outside)
      for id in ["first", "second"] {
        let pod = try lab.pod("\(id)-\(family)", ports: ports)
        let server = try Traffic.Server(.udp, family, port: 53, in: pod.namespace)
        #expect(client.call(node, port: 8053, answeredBy: server) == outside, "\(id) \(family)")
        try lab.delete(pod)
        #expect(client.call(node, port: 8053, answeredBy: program) == outside, "after \(id) \(family)")
      }
    }
  }

  /// A flush ends the connections to the host port, and none of the Pod's own to the same port elsewhere.
  @Test func otherConnectionsToThePortStay() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let caller = try lab.pod("caller")
    let client = try Traffic.Client(.udp, .ipv4, in: caller.namespace)
    let server = try Traffic.Server(.udp, .ipv4, port: 8053, in: lab.outside)
    let there = try Self.address(ServiceLab.outsideAddresses, 0)
    #expect(client.call(there, port: 8053, answeredBy: server) != nil)
    func tracked() throws -> String {
      try lab.node.run("cat", "/proc/net/nf_conntrack").split(separator: "\n").filter { $0.contains("dport=8053") }.map { line in
        line.split(separator: " ").filter { $0.hasPrefix("src=") || $0.hasPrefix("sport=") }.joined(separator: " ")
      }.joined(separator: "\n")
    }
    try #require(Command.find("cat") != nil)
    let before = try? tracked()
    let pod = try lab.pod("pod", ports: [ServiceLab.port(8053, to: 53, .udp)])
    #expect((try? tracked()) == before)
    try lab.delete(pod)
    #expect((try? tracked()) == before)
    #expect(client.call(there, port: 8053, answeredBy: server) != nil)
  }

  // MARK: - Who has the port

  @Test func aPortOfAnotherPodIsRefused() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let holder = try lab.pod("holder", ports: [ServiceLab.port(8080, to: 80)])
    let namespace = try ScratchNamespace()
    let error = try lab.call("second", namespace, [ServiceLab.port(8080, to: 81)]).run(on: lab.node).error()
    #expect(error.text.contains("host port 8080/tcp is taken by container holder interface eth0 network pods"), "\(error)")
    #expect(error.code == 11)
    #expect(try !lab.node.run("nft", "list", "ruleset").contains("container second "))
    #expect(lab.lab.reservations("pods").count == 2)
    // The same port of another protocol, and of one address of the node, are others.
    _ = try lab.pod("third", ports: [ServiceLab.port(8080, to: 80, .udp), ServiceLab.port(8080, to: 80, on: "192.0.2.1")])
    try lab.delete(holder)
    _ = try lab.call("second", namespace, [ServiceLab.port(8080, to: 81)]).run(on: lab.node).result()
  }

  @Test func aListeningProgramIsNamed() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let program = try Traffic.Server(.tcp, .ipv4, port: 8080, in: lab.node)
    defer { _ = program }
    let namespace = try ScratchNamespace()
    let answer = try lab.call("c1", namespace, [ServiceLab.port(8080, to: 80), ServiceLab.port(8081, to: 80)]).run(on: lab.node)
    _ = try answer.result()
    let warnings = answer.output.stderr.split(separator: "\n").filter { $0.contains("listens on host port") }
    #expect(warnings.count == 1 && warnings[0].contains("8080/tcp"), "\(answer)")
  }

  // MARK: - 127.0.0.0/8

  /// `route_localnet` opens the node's loopback addresses to the Pods. The ruleset closes them again.
  @Test func podsDoNotReachTheLoopbackOfTheNode() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let pod = try lab.pod("pod", ports: [ServiceLab.port(8080, to: 80)])
    try #require(try lab.node.run("cat", "/proc/sys/net/ipv4/conf/br-pods/route_localnet").hasPrefix("1"))
    let secret = try Traffic.Server(.udp, .ipv4, port: 7, in: lab.node)
    // The Pod sends packets for 127.0.0.1 to the node, as one with CAP_NET_ADMIN can.
    try pod.namespace.run("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1")
    try pod.namespace.run("ip", "route", "add", "127.0.0.0/8", "via", "10.61.0.1", "dev", "eth0")
    let source = try #require(pod.addresses.first)
    func arrives() throws -> Bool {
      try Traffic.arrives(IPAddress("127.0.0.1"), port: 7, from: pod.namespace, source: source, at: secret)
    }
    #expect(try !arrives())
    // Without the rule the packet gets through, so the test can fail.
    try lab.node.run("nft", "flush", "chain", "inet", "braid", "localnet")
    #expect(try arrives())
  }

  // MARK: - The table

  @Test func theNumberOfRulesIsConstant() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    func rules() throws -> Int {
      try lab.node.json(.nft, "list", "ruleset").object?["nftables"]?.array?.filter { $0.object?["rule"] != nil }.count ?? 0
    }
    let first = try lab.pod("p0", ports: [ServiceLab.port(10000, to: 80)])
    let one = try rules()
    var pods = [first]
    for i in 1..<40 { pods.append(try lab.pod("p\(i)", ports: [ServiceLab.port(10000 + i, to: 80)])) }
    #expect(try rules() == one && one > 10)
    for pod in pods { try lab.delete(pod) }
    #expect(try rules() == one)
    #expect(try !lab.node.run("nft", "list", "ruleset").contains("elements"))
  }

  /// Somebody flushes the ruleset: CHECK names it, STATUS says it, the next ADD makes the table whole.
  @Test(arguments: [
    ["flush", "ruleset"], ["flush", "chain", "inet", "braid", "postrouting"], ["flush", "table", "inet", "braid"],
  ])
  func aDamagedTable(_ damage: [String]) throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let pod = try lab.pod("pod", ports: [ServiceLab.port(8080, to: 80)])
    let whole = try lab.node.run("nft", "list", "table", "inet", "braid")
    _ = try lab.call("pod", pod.namespace, [ServiceLab.port(8080, to: 80)]).with("CHECK").run(on: lab.node).result()
    _ = try Command(["nft"] + damage).require(in: lab.node)
    let error = try lab.call("pod", pod.namespace).with("CHECK").run(on: lab.node).error()
    #expect(error.text.contains("inet braid"), "\(error)")
    var status = lab.call("x", nil).with("STATUS")
    (status.containerID, status.ifName) = (nil, nil)
    status.stdin = Array(String(decoding: status.stdin, as: UTF8.self).replacing("\"1.0.0\"", with: "\"1.1.0\"").utf8)
    let answer = try status.run(on: lab.node)
    #expect(answer.succeeded, "\(answer)")
    // A table that has gone as a whole is that of a node without Pods, for all that STATUS knows.
    if damage != ["flush", "ruleset"] { #expect(answer.output.stderr.contains("inet braid"), "\(answer)") }
    let next = try lab.pod("next")
    try lab.delete(next)
    let again = try lab.node.run("nft", "list", "table", "inet", "braid")
    if damage == ["flush", "ruleset"] {
      #expect(again.contains("masquerade comment") && !again.contains("container pod"))
    } else {
      #expect(again == whole)
    }
    try lab.delete(pod)
  }

  /// Many first users at once make the table once, and each has its elements.
  @Test func manyFirstUsersAtOnce() async throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let pods = try await withThrowingTaskGroup(of: ServiceLab.Pod.self) { group in
      for i in 0..<12 { group.addTask { try lab.pod("p\(i)", ports: [ServiceLab.port(10000 + i, to: 80)]) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let table = try lab.node.run("nft", "list", "table", "inet", "braid")
    #expect(table.components(separatedBy: "jump services").count == 2)
    for pod in pods { #expect(table.contains("container \(pod.id) interface eth0 network pods")) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for pod in pods { group.addTask { try lab.delete(pod) } }
      try await group.waitForAll()
    }
    #expect(try !lab.node.run("nft", "list", "ruleset").contains("elements"))
  }

  /// GC takes the elements of attachments that the runtime no longer lists, and no others.
  @Test func garbageIsCollected() throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let (kept, gone) = (
      try lab.pod("kept", ports: [ServiceLab.port(1, to: 1)]), try lab.pod("gone", ports: [ServiceLab.port(2, to: 2)])
    )
    try Command("rm", "-rf", lab.lab.directory["state"]).require()
    var gc = lab.lab.call(
      "x", nil,
      keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": [["containerID": "kept", "ifname": "eth0"]]]
    ).with("GC")
    (gc.containerID, gc.ifName) = (nil, nil)
    _ = try gc.run(on: lab.node).result()
    let table = try lab.node.run("nft", "list", "table", "inet", "braid")
    #expect(table.contains("container kept ") && !table.contains("container gone "))
    _ = (kept, gone)
  }

  /// A Pod that the reference plugins attached, and whose DEL Braid's own links do: nothing of the reference's rules is left but the chains that
  /// all its Pods share.
  @Test(.needs(program: "/usr/lib/cni/portmap"), .needs(program: "iptables"), arguments: ["iptables", "nftables"])
  func theReferencesRulesGo(_ backend: String) throws {
    let lab = try ServiceLab(ServiceLab.network("bridge"))
    let pod = try ScratchNamespace()
    let bin = lab.lab.directory
    for name in ["bridge", "portmap", "host-local"] {
      try Command("ln", "-s", Products.braid, bin[name]).require()
    }
    let ports: JSON = ["portMappings": [ServiceLab.port(8080, to: 80)]]
    func call(_ command: String, _ directory: String, _ type: String, _ previous: JSON?) throws -> PluginAnswer {
      var configuration: JSONObject = [
        "cniVersion": "1.0.0", "name": "net", "type": .string(type), "bridge": "br-pods", "isGateway": true,
        "ipMasq": true, "runtimeConfig": ports,
        "ipam": ["type": "host-local", "dataDir": .string(bin["ipam"]), "subnet": "10.61.0.0/24"],
      ]
      if let previous { configuration["prevResult"] = previous }
      var call = PluginCall("\(directory)/\(type)", containerID: "c1", netns: pod, configuration: .object(configuration))
      (call.command, call.path) = (command, directory)
      return try call.run(on: lab.node)
    }
    let result = JSON.object(try call("ADD", "/usr/lib/cni", "bridge", nil).result())
    if backend == "nftables" { try lab.node.run("nft", "flush", "ruleset") }
    if backend == "iptables" {
      _ = try call("ADD", "/usr/lib/cni", "portmap", result).result()
    } else {
      // As releases since 1.6 write them.
      try bin.write("rules", Self.ofReference)
      try lab.node.run("nft", "-f", bin["rules"])
    }
    func left() throws -> [Substring] {
      try lab.node.run("nft", "list", "ruleset").split(separator: "\n").filter { line in
        ["10.61.0.2", "c1", "CNI-DN-"].contains { line.contains($0) } || line.contains("chain CNI-") && !line.contains("HOSTPORT")
      }
    }
    #expect(try left().count >= 4)
    for type in ["portmap", "bridge"] { _ = try call("DEL", bin.path, type, result).result() }
    #expect(try left() == [])
    #expect(try lab.node.run("nft", "list", "ruleset").contains(backend == "iptables" ? "CNI-HOSTPORT-DNAT" : "c2"))
  }

  private static let ofReference = """
    table inet cni_plugins_masquerade {
      chain masq_checks {
        ip saddr 10.61.0.2 ip daddr != 10.61.0.0/24 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a2, net: net, if: eth0, id: c1"
        ip saddr 10.61.0.9 ip daddr != 10.61.0.0/24 masquerade comment "6fd94d501e58f0aa-287fc69eff0574a3, net: net, if: eth0, id: c2"
      }
    }
    table ip cni_hostport {
      chain hostports {
        tcp dport 8080 dnat to 10.61.0.2:80 comment "c1"
        tcp dport 8081 dnat to 10.61.0.9:80 comment "c2"
      }
      chain prerouting { type nat hook prerouting priority dstnat; jump hostports; }
      chain masquerading {
        type nat hook postrouting priority srcnat
        ip saddr 10.61.0.2 ip daddr 10.61.0.2 masquerade comment "c1"
        ip saddr 127.0.0.1 ip daddr 10.61.0.2 masquerade comment "c1"
      }
    }

    """
}
