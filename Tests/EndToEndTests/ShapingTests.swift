import Foundation
import JSON
import TestSupport
import Testing

/// Limits of traffic in Braid's chains: from the policy, from the runtime, and of a network.
@Suite(.needsRoot, .needs(program: "tc"), .needs(kernel: .bridge), .needs(kernel: .shaping)) struct ShapingTests {
  private static let networks =
    Lab.networks + """

        shaped:
          chain:
            - {type: bridge, bridge: br-shaped, isGateway: true, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.3.0.0/24}]]}}
            - {type: bandwidth}
        limited:
          chain:
            - {type: ptp, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.4.0.0/24}], [{subnet: "fd00:4::/64"}]]}}
            - {type: bandwidth, egressRate: 8000000, egressBurst: 800000, unshapedSubnets: [10.4.0.0/16]}
        broken:
          chain: [{type: failing}]
      """

  private static let rules = """
    rules:
      - name: broken
        match: {namespaces: [broken]}
        attach: [{network: limited}, {network: limited}, {network: broken}]
      - name: all
        attach:
          - network: shaped
            bandwidth: {ingressRate: 16000000, ingressBurst: 1600000, egressRate: 24000000, egressBurst: 2400000}
          - network: limited
          - {network: shaped, interface: more}
    """

  private func lab(_ rules: String = rules) throws -> Lab {
    let lab = try Lab(rules, networks: Self.networks)
    try lab.directory.write("bin/failing", "#!/bin/sh\nexit 3\n", mode: 0o755)
    return lab
  }

  /// The rates of all token buckets on the node, in bytes per second, the lowest first.
  private func rates(_ lab: Lab) throws -> [Int] {
    let qdiscs = try lab.node.json(.tc, "qdisc", "show").array ?? []
    return qdiscs.filter { $0["kind"] == "tbf" }.compactMap { $0["options", "rate"]?.int }.sorted()
  }

  private func ifbs(_ lab: Lab) throws -> [String] {
    try lab.node.json(.ip, "link", "show", "type", "ifb").array?.compactMap { $0["ifname"]?.string } ?? []
  }

  private func gc(_ lab: Lab, _ valid: JSON) throws -> PluginAnswer {
    var call = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC")
    call.path = lab.directory["bin"]
    return try call.run(on: lab.node)
  }

  @Test func wholeLife() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let result = JSON.object(try lab.add("c1", pod))
    #expect(try rates(lab) == [1_000_000, 2_000_000, 3_000_000] && ifbs(lab).count == 2)
    let names = result["interfaces"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(try names.first == "eth0" && Set(ifbs(lab)).isSubset(of: names))
    #expect(try lab.call("c1", pod).with("CHECK").run(on: lab.node).result() == [:])
    // A second Pod, and the same again after a change of the policy.
    let other = try ScratchNamespace()
    _ = try lab.add("c2", other)
    #expect(try rates(lab).count == 6 && ifbs(lab).count == 4)
    try lab.setPolicy(Lab.networks + "\nrules: [{name: none, attach: [{network: pods}]}]")
    for id in ["c1", "c2"] { #expect(try lab.call(id, id == "c1" ? pod : nil).with("DEL").run(on: lab.node).result() == [:]) }
    other.remove()
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// containerd writes the names in capitals, and a burst that nobody has named. The limits are the first attachment's.
  @Test func limitsOfTheRuntime() throws {
    let (lab, pod) = (try lab("rules: [{name: all, attach: [{network: shaped}, {network: shaped}]}]"), try ScratchNamespace())
    let limits: JSON = ["IngressRate": 1_000_000, "IngressBurst": 4_294_967_295, "EgressRate": 0, "EgressBurst": 0]
    let call = lab.call("c1", pod, keys: ["runtimeConfig": ["bandwidth": limits]])
    _ = try call.run(on: lab.node).result()
    #expect(try rates(lab) == [125_000] && ifbs(lab) == [])
    #expect(try lab.node.run("tc", "qdisc", "show").contains("burst 3125b"))
    #expect(try lab.call("c1", pod).with("CHECK").run(on: lab.node).result() == [:])
    // The runtime does not pass the limits on again.
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(try rates(lab) == [] && lab.left == [])
  }

  @Test func aFailureLaterInThePlanUndoesTheLimits() throws {
    let (lab, pod) = (try lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    var call = lab.call("c1", pod, namespace: "broken")
    call.path = lab.directory["bin"]
    #expect(try call.run(on: lab.node).error().text.contains("failing"))
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// What is certainly wrong is refused before anything is made, with the place in the policy.
  @Test(
    arguments: [
      (
        "rules: [{name: all, attach: [{network: shaped, bandwidth: {egressRate: 5}}]}]", "if rate is set, burst must also be set"
      ),
      (
        """
          nic:
            chain: [{type: macvlan, master: eth1}, {type: bandwidth, egressRate: 8, egressBurst: 8}]
        rules: [{name: all, attach: [{network: nic}]}]
        """, "an interface of macvlan has none there"
      ),
      (
        """
          nic:
            chain: [{type: macvlan, master: eth1}, {type: bandwidth}]
        rules: [{name: all, attach: [{network: nic, bandwidth: {ingressRate: 8, ingressBurst: 8}}]}]
        """, "an interface of macvlan has none there"
      ),
    ])
  func certainRefusals(_ policy: String, _ text: String) throws {
    let (lab, pod) = (try lab(policy), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains(text) && error.text.contains("policy.yaml:"), "\(error)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
    let validated = try Command(Products.braidctl, "validate", "--fail-on", "warning", lab.directory["policy.yaml"]).run()
    #expect(!validated.succeeded && (validated.stdout + validated.stderr).contains(text), "\(validated)")
    let explained = try Command(Products.braidctl, "explain", lab.directory["policy.yaml"], "--namespace", "db", "--name", "p")
      .run()
    #expect(!explained.succeeded && (explained.stdout + explained.stderr).contains(text), "\(explained)")
  }

  /// A record that is gone, with a namespace that is gone: GC finds what nobody has.
  @Test func garbage() throws {
    let (lab, pod, other) = (try lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    _ = try lab.add("c2", other)
    try FileManager.default.removeItem(atPath: lab.directory["state/records/c1@eth0.json"])
    #expect(try ifbs(lab).count == 4)
    let both: JSON = [["containerID": "c1", "ifname": "eth0"], ["containerID": "c2", "ifname": "eth0"]]
    // The runtime still lists it: its record is lost, and everything of it stays.
    #expect(try gc(lab, both).succeeded && ifbs(lab).count == 4)
    #expect(try gc(lab, [["containerID": "c2", "ifname": "eth0"]]).succeeded && ifbs(lab).count == 2)
    #expect(try lab.call("c2", other).with("CHECK").run(on: lab.node).result() == [:])
    #expect(try gc(lab, []).succeeded && ifbs(lab).isEmpty)
  }

  @Test func aLostRecord() throws {
    let (lab, pod, other) = (try lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c2", other)
    let before = try NamespaceDump(lab.node)
    _ = try lab.add("c1", pod)
    try lab.directory.write("state/records/c1@eth0.json", "{", mode: 0o600)
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).succeeded)
    try expectNoChange(before, lab.node)
    #expect(try lab.call("c2", other).with("CHECK").run(on: lab.node).result() == [:])
  }

  @Test func statusOfAGoodNode() throws {
    let lab = try lab()
    let answer = try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node)
    #expect(!answer.output.stderr.contains("bandwidth"), "\(answer)")
  }
}
