import JSON
import TestSupport
import Testing

/// Networks and requests that contradict the node's own addresses.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct NodeOverlapTests {
  private static let networks = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, dataDir: DIR/ipam, subnet: 10.1.0.0/24}}]}
      point: {chain: [{type: ptp, ipam: {type: host-local, dataDir: DIR/ipam, subnet: 10.2.0.0/24}}]}
      lan: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 192.168.40.77/24}]}}]}
      pool: {chain: [{type: bridge, bridge: br-pool, isGateway: true, forceAddress: true, ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.4.0.0/24, rangeStart: 10.4.0.2, rangeEnd: 10.4.0.2}, {subnet: 10.5.0.0/24}]]}}]}
    """

  private static let rules = """
    rules: [{name: everyone, attach: [{network: pods}]}]
    requests: [{namespaces: ["*"], networks: [point, lan, pool], ips: [0.0.0.0/0]}]
    """

  private func lab() throws -> Lab {
    let lab = try Lab(Self.rules, networks: Self.networks)
    try lab.node.run("ip", "address", "add", "192.168.40.5/24", "dev", "eth1")
    return lab
  }

  private func call(_ lab: Lab, _ id: String, _ pod: ScratchNamespace, _ request: String) -> PluginCall {
    let annotations: JSON = ["k8s.v1.cni.cncf.io/networks": .string(request)]
    return lab.call(id, pod, keys: ["runtimeConfig": ["io.kubernetes.cri.pod-annotations": annotations]])
  }

  /// Where the node has the address, and whether that is in the way of the network `pods`.
  @Test(arguments: [
    ("10.1.0.200/25", "eth1", true), ("10.1.7.1/16", "eth1", true), ("10.1.0.1/24", "eth1", true),
    ("10.9.0.1/24", "eth1", false), ("10.1.1.1/24", "eth1", false), ("10.1.0.0/32", "lo", false), ("10.1.0.77/32", "lo", false),
    ("10.1.0.0/32", "eth1", false),
  ])
  func aSubnetThatTheNodeHasElsewhereIsAnError(_ address: String, _ link: String, _ isInTheWay: Bool) throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    try lab.node.run("ip", "address", "add", address, "dev", link)
    let before = try (NamespaceDump(lab.node), NamespaceDump(pod))
    let status = try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node)
    let add = try lab.call("c1", pod).run(on: lab.node)
    guard isInTheWay else {
      #expect(status.succeeded && add.succeeded, "\(status) \(add)")
      return #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    }
    let words = "the subnet 10.1.0.0/24 overlaps \(address), which the node has on \(link)"
    let (refusal, complaint) = (try add.error(), try status.error())
    #expect(refusal.code == 7 && refusal.text.contains(words), "\(refusal)")
    #expect(complaint.code == 50 && complaint.text.contains(words), "\(complaint)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// What a node usually has beside a network is in nobody's way: the network's own bridge with a second address, the ends of other Pods,
  /// and for a macvlan the subnet of its master.
  @Test func theNetworksOwnLinksAreNotInTheWay() throws {
    let lab = try lab()
    let pods = try (0..<3).map { _ in try ScratchNamespace() }
    for (i, pod) in pods.enumerated() {
      _ = try call(lab, "c\(i)", pod, i == 0 ? "point, lan" : "point").run(on: lab.node).result()
      if i == 0 { try lab.node.run("ip", "address", "add", "10.1.0.250/24", "dev", "br-pods") }
    }
    for (i, pod) in pods.enumerated() { #expect(try lab.call("c\(i)", pod).with("DEL").run(on: lab.node).result() == [:]) }
  }

  /// A load balancer's or a tunnel's address takes itself only: a pool passes it over.
  @Test func aSingleAddressOfTheNodeIsPassedOver() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    try lab.node.run("ip", "address", "add", "10.1.0.2/32", "dev", "lo")
    #expect(try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node).succeeded)
    let result = JSON.object(try lab.call("c1", pod).run(on: lab.node).result())
    #expect(result["ips", 0, "address"] == "10.1.0.3/24")
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
  }

  /// The next Pod gets the address that it would have got without the wish before.
  @Test func aWishDoesNotMoveTheHint() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    for (request, expected) in [(#"[{"name":"point","ips":["10.2.0.200"]}]"#, "10.2.0.200/24"), ("point", "10.2.0.2/24")] {
      let call = call(lab, "c1", pod, request)
      #expect(JSON.object(try call.run(on: lab.node).result())["ips", 1, "address"]?.string == expected)
      #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    }
  }

  /// The review looks at a few results only. The ADD itself looks at the one that it has.
  @Test func boundsHoldWhereNoReviewCanTell() throws {
    let sixes = (1...17).map { "{subnet: \"fd00:\($0)::/64\"}" }.joined(separator: ", ")
    let many =
      "many: {chain: [{type: bridge, bridge: br-many, isGateway: true, ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.20.0.0/24}, {subnet: 10.21.0.0/24}], [\(sixes)]]}}]}"
    let (lab, pod) = (
      try Lab(Self.rules.replacing("networks: [", with: "networks: [many, "), networks: Self.networks + "\n  " + many),
      try ScratchNamespace()
    )
    let before = try NamespaceDump(lab.node)
    let error = try call(lab, "c1", pod, #"[{"name":"many","ips":["10.21.0.5"]}]"#).run(on: lab.node).error()
    #expect(error.code == 4 && error.text.contains("10.21.0.5/24 is not an address of the policy's networks"), "\(error)")
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// Two networks of the policy with one subnet are the policy's own affair (BRD0215): a Pod's request must not stop the other network.
  @Test func networksOfThePolicyAreNotInEachOthersWay() throws {
    let twin =
      "twin: {chain: [{type: bridge, bridge: br-twin, isGateway: true, ipam: {type: host-local, dataDir: DIR/ipam, subnet: 10.1.0.0/16}}]}"
    let lab = try Lab(
      "rules: [{name: twin, match: {namespaces: [twin]}, attach: [{network: twin}]}, {name: everyone, attach: [{network: pods}]}]",
      networks: Self.networks + "\n  " + twin)
    let pods = try (0..<2).map { _ in try ScratchNamespace() }
    _ = try lab.call("c0", pods[0], namespace: "twin").run(on: lab.node).result()
    _ = try lab.call("c1", pods[1]).run(on: lab.node).result()
    #expect(try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node).succeeded)
    for i in 0..<2 { #expect(try lab.call("c\(i)", pods[i]).with("DEL").run(on: lab.node).result() == [:]) }
  }

  @Test func anAddressOfTheNodeIsRefused() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    let before = try (NamespaceDump(lab.node), NamespaceDump(pod))
    let error = try call(lab, "c1", pod, #"[{"name":"lan","ips":["192.168.40.5/24"]}]"#).run(on: lab.node).error()
    #expect(
      error.code == 4 && error.text.contains("the address 192.168.40.5 cannot be asked for: the node has it on eth1"), "\(error)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
  }

  /// The first range is full, so the bridge has the gateway of the second. A Pod that asks for an address must not turn that back.
  @Test func forceAddressDoesNotActOnAWish() throws {
    let lab = try lab()
    let pods = try (0..<3).map { _ in try ScratchNamespace() }
    func gateway() throws -> [String] {
      try (lab.node.json(.ip, "-4", "address", "show", "br-pool")[0, "addr_info"]?.array ?? []).compactMap { $0["local"]?.string }
    }
    for i in 0..<2 { _ = try call(lab, "c\(i)", pods[i], "pool").run(on: lab.node).result() }
    #expect(try gateway() == ["10.5.0.1"])
    _ = try lab.call("c0", pods[0]).with("DEL").run(on: lab.node).result()
    let error = try call(lab, "c2", pods[2], #"[{"name":"pool","ips":["10.4.0.2"]}]"#).run(on: lab.node).error()
    #expect(error.text.contains(#""br-pool" already has an IP address different from 10.4.0.1/24"#), "\(error)")
    #expect(try gateway() == ["10.5.0.1"])
    // A Pod cannot choose the range either.
    let other = try call(lab, "c2", pods[2], #"[{"name":"pool","ips":["10.5.0.9"]}]"#).run(on: lab.node).error()
    #expect(other.code == 4 && other.text.contains("10.5.0.9/24 is not an address of the policy's networks"), "\(other)")
    for i in 0..<3 { _ = try lab.call("c\(i)", pods[i]).with("DEL").run(on: lab.node).result() }
    #expect(lab.left == [])
  }

  /// Ranges of the runtime, as a kubelet's podCIDR, are its own to name.
  @Test func theRuntimeMayNameRanges() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    let call = lab.call("c1", pod, keys: ["runtimeConfig": ["ipRanges": [[["subnet": "fd00:66::/64"]]]]])
    let ips = JSON.object(try call.run(on: lab.node).result())["ips"]?.array?.compactMap { $0["gateway"]?.string }
    #expect(ips?.contains("fd00:66::1") == true, "\(ips ?? [])")
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
  }

  /// The runtime's own wishes are bound too.
  @Test(arguments: ["IP=10.9.0.5/24", "IP=10.1.0.5/24;GATEWAY=10.1.0.9"]) func theRuntimesArgumentsAreBoundToo(_ args: String)
    throws
  {
    let text = Self.networks.replacing(
      "ipam: {type: host-local, dataDir: DIR/ipam, subnet: 10.1.0.0/24}",
      with: "ipam: {type: static, addresses: [{address: 10.1.0.7/24}]}")
    let (lab, pod) = (try Lab(Self.rules, networks: text), try ScratchNamespace())
    let before = try NamespaceDump(lab.node)
    var call = lab.call("c1", pod)
    call.args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=db;K8S_POD_NAME=p;\(args)"
    let error = try call.run(on: lab.node).error()
    #expect(
      error.code == 4 && (error.text.contains("policy's networks") || error.text.contains("cannot be the gateway")), "\(error)")
    try expectNoChange(before, lab.node)
  }
}
