import Foundation
import JSON
import TestSupport
import Testing

/// STATUS speaks for the whole node: a runtime takes the node out of service when it fails. So it must fail if and only if no Pod could start.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct StatusTests {
  private static func chain(_ bridge: String, _ subnet: String, _ more: String = "isGateway: true, ") -> String {
    #"{chain: [{type: bridge, bridge: \#(bridge), \#(more)ipam: {type: host-local, dataDir: "DIR/ipam", subnet: \#(subnet)}}]}"#
  }

  private static func policy(_ networks: String, rules: String = "") -> String {
    """
    networks:
      pods: \(chain("br-pods", "10.244.7.0/24"))
      \(networks)
    rules:
      - {name: special, match: {namespaces: [special]}, attach: [{network: pods}, {network: other}]}
      \(rules)
      - {name: everyone, attach: [{network: pods}]}
    """
  }

  private func lab(_ networks: String, rules: String = "") throws -> Lab {
    try Lab(Self.policy(networks, rules: rules), networks: "apiVersion: braid/v1\nkind: Policy")
  }

  private func status(_ lab: Lab, _ keys: JSONObject = [:]) throws -> PluginAnswer {
    var all = keys
    all["cniVersion"] = "1.1.0"
    return try lab.call("x", nil, keys: all).with("STATUS").run(on: lab.node)
  }

  private func adds(_ lab: Lab, _ namespace: String = "any", keys: JSONObject = [:]) throws -> PluginAnswer {
    let pod = try ScratchNamespace()
    let answer = try lab.call("c1", pod, namespace: namespace, keys: keys).run(on: lab.node)
    #expect(try lab.call("c1", pod, keys: keys).with("DEL").run(on: lab.node).result() == [:])
    return answer
  }

  /// What only some Pods need is told on stderr, and does not take the node out of service.
  @Test(arguments: [
    "other: {chain: [{type: macvlan, master: eth9}]}",
    "other: {chain: [{type: nowhere-plugin}]}",
  ])
  func whatOnlySomePodsNeedIsNoReason(_ network: String) throws {
    let lab = try lab(network)
    let answer = try status(lab)
    #expect(answer.succeeded && answer.output.stderr.contains("network \"other\""), "\(answer)")
    #expect(try adds(lab).succeeded)
    #expect(try !adds(lab, "special").succeeded)
    // The policy's author may see it otherwise.
    try lab.setPolicy(
      "apiVersion: braid/v1\nkind: Policy\n"
        + Self.policy(network.replacingOccurrences(of: "{chain", with: "{required: true, chain")))
    #expect([50, 51].contains(try status(lab).error().code))
  }

  @Test func whatEveryPodNeedsIsAReasonAndTheRestIsTold() throws {
    let lab = try lab(
      "other: {chain: [{type: macvlan, master: eth9}]}\n  lan: {chain: [{type: macvlan, master: eth8}]}",
      rules: "- {name: all, attach: [{network: pods}, {network: lan}]}")
    let error = try status(lab).error()
    #expect(error.code == 51 && error.text.contains("\"lan\"") && error.text.contains("eth8"), "\(error)")
    #expect(error.text.contains("also: network \"other\""), "\(error)")
  }

  /// Pods that end make room, so a full pool passes by itself.
  @Test func aFullPoolIsNoReason() throws {
    let (lab, pod) = (
      try Lab(
        Self.policy("other: \(Self.chain("br-o", "10.9.0.0/24"))").replacingOccurrences(
          of: "10.244.7.0/24", with: "10.244.7.0/30"), networks: "apiVersion: braid/v1\nkind: Policy"), try ScratchNamespace()
    )
    _ = try lab.call("full", pod).run(on: lab.node).result()
    #expect(try adds(lab).error().code == 11)
    let answer = try status(lab)
    #expect(answer.succeeded && answer.output.stderr.contains("no IP addresses available"), "\(answer)")
  }

  /// An odd file among the reservations is one address that nobody gets. STATUS names it; the Pods do not notice it.
  @Test(arguments: ["mkdir F", "ln -s /nowhere F", "mkfifo F", "head -c 5000 /dev/zero >F", "echo 'a note' >F"])
  func anOddFileInThePoolIsNamed(_ deed: String) throws {
    let lab = try lab("other: \(Self.chain("br-o", "10.9.0.0/24"))")
    #expect(try adds(lab).succeeded)
    let file = lab.directory["ipam/pods/10.244.7.50"]
    try Command("sh", "-ec", deed.replacingOccurrences(of: "F", with: file)).require()
    let answer = try status(lab)
    #expect(answer.succeeded, "\(answer)")
    for part in ["network \"pods\": bridge", lab.directory["ipam/pods"], "10.244.7.50 is a"] {
      #expect(answer.output.stderr.contains(part), "\(part): \(answer)")
    }
    #expect(try adds(lab).succeeded)
    // The reason of a failure comes with it.
    try lab.node.run("ip", "link", "add", "br-pods", "type", "veth", "peer", "name", "x0")
    #expect(try status(lab).error().text.contains("10.244.7.50 is a"))
  }

  // MARK: - STATUS and ADD agree

  /// Random states of the node's bridge: STATUS is good if and only if a Pod gets its network.
  @Test(arguments: 0..<4) func statusAndAddAgree(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    for round in 0..<12 {
      let more = ["", "isGateway: true, ", "isDefaultGateway: true, ", "isGateway: true, forceAddress: true, "].randomElement(
        using: &random)!
      let ranges = [
        "subnet: 10.244.7.0/24", "ranges: [[{subnet: 10.244.7.0/24}], [{subnet: \"fd00:7::/64\"}]]",
        "ranges: [[{subnet: 10.244.7.0/24}], [{subnet: 10.9.0.0/24}]]",
        "ranges: [[{subnet: 10.244.7.0/25}, {subnet: 10.9.0.0/24}]]",
        "ranges: [[{subnet: 10.244.7.0/24, gateway: 10.244.7.254}]]",
      ].randomElement(using: &random)!
      let network =
        #"{chain: [{type: bridge, bridge: br-pods, \#(more)ipam: {type: host-local, dataDir: "DIR/ipam", \#(ranges)}}]}"#
      let lab = try Lab(
        "networks: {pods: \(network)}\nrules: [{name: everyone, attach: [{network: pods}]}]",
        networks: "apiVersion: braid/v1\nkind: Policy")
      let deed = [
        "true", "ip link add br-pods type bridge", "ip link add br-pods type veth peer name x0",
        "ip link add br-pods type bridge; ip address add 10.244.7.1/24 dev br-pods",
        "ip link add br-pods type bridge; ip address add 10.9.0.1/24 dev br-pods",
        "ip link add br-pods type bridge; ip address add 192.168.1.1/24 dev br-pods",
        "ip link add br-pods type bridge; ip address add 10.244.7.1/16 dev br-pods",
        "ip link add br-pods type bridge; ip address add fd00:7::5/64 dev br-pods nodad",
        "ip link add br-pods type bridge; ip address add fd00:8::5/64 dev br-pods nodad",
      ].randomElement(using: &random)!
      try lab.node.run("sh", "-ec", deed)
      let (told, made) = (try status(lab), try adds(lab))
      #expect(
        told.succeeded == made.succeeded, "seed \(seed), round \(round): \(deed)\n\(network)\nSTATUS: \(told)\nADD: \(made)")
    }
  }

  // MARK: - onInvalidPolicy

  private static let broken =
    "apiVersion: braid/v1\nkind: Policy\nnetworks: {pods: {chain: [{type: bridge, brigde: br0, mtu: x}]}}\n"
  private static let keep: JSONObject = ["onInvalidPolicy": "keep"]

  @Test func withoutItAMistakeRefusesEveryPod() throws {
    let lab = try lab("other: {chain: [{type: bridge}]}")
    #expect(try status(lab).succeeded)
    try lab.setPolicy(Self.broken)
    #expect(try status(lab).error().code == 50)
    #expect(try adds(lab).error().code == 7)
  }

  /// A small policy, and one that Braid also keeps in binary form. It is a STATUS or an ADD that reads the good one.
  @Test(arguments: ["STATUS", "ADD"], [false, true]) func theLastGoodPolicyStaysInForce(_ first: String, _ isLarge: Bool) throws {
    let filler = isLarge ? String(repeating: "# More than 8 KiB.\n", count: 500) : ""
    let good = "apiVersion: braid/v1\nkind: Policy\n" + Self.policy("other: {chain: [{type: bridge}]}") + "\n" + filler
    let lab = try lab("other: {chain: [{type: bridge}]}")
    try lab.setPolicy(good)
    if isLarge { #expect(try adds(lab).succeeded, "kept in binary form before anybody wanted the last good one") }
    #expect(try first == "ADD" ? adds(lab, keys: Self.keep).succeeded : status(lab, Self.keep).succeeded)
    try lab.setPolicy(Self.broken)
    for answer in [try status(lab, Self.keep), try adds(lab, keys: Self.keep)] {
      #expect(answer.succeeded && answer.output.stderr.contains("the last good one stays in force: "), "\(answer)")
      #expect(answer.output.stderr.contains(lab.directory["policy.yaml"]), "\(answer)")
    }
    // It does not matter why the policy cannot be read.
    try Command("rm", lab.directory["policy.yaml"]).require()
    #expect(try adds(lab, keys: Self.keep).succeeded)
    // A Pod that the good policy refuses stays refused.
    try lab.setPolicy(good.replacingOccurrences(of: "- {name: everyone, attach: [{network: pods}]}", with: ""))
    #expect(try adds(lab, keys: Self.keep).error().text.contains("no rule of the policy matches"))
    try lab.setPolicy(Self.broken)
    #expect(try adds(lab, keys: Self.keep).error().text.contains("no rule of the policy matches"), "the newest good one counts")
    // Another policy's last good one is not this one's.
    var other = Self.keep
    other["policy"] = .string(lab.directory["elsewhere.yaml"])
    #expect(try status(lab, other).error().code == 50)
  }

  @Test func whereNoneWasEverGoodEveryPodIsRefused() throws {
    let lab = try lab("other: {chain: [{type: bridge}]}")
    try lab.setPolicy(Self.broken)
    #expect(try status(lab, Self.keep).error().code == 50)
    #expect(try adds(lab, keys: Self.keep).error().code == 7)
  }

  /// A bit that changed on the disk.
  @Test func aDamagedCopyIsNotUsed() throws {
    let lab = try lab("other: {chain: [{type: bridge}]}")
    #expect(try status(lab, Self.keep).succeeded)
    let kept = try #require(lab.directory.list("state").first { $0.hasPrefix("good-") })
    let file = URL(fileURLWithPath: lab.directory["state/\(kept)"])
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: file)
    try lab.setPolicy(Self.broken)
    #expect(try status(lab, Self.keep).error().code == 50)
  }

  @Test func anotherWordIsRefused() throws {
    let lab = try lab("other: {chain: [{type: bridge}]}")
    let error = try status(lab, ["onInvalidPolicy": "ignore"]).error()
    #expect(error.text.contains("onInvalidPolicy") && error.text.contains("refuse"), "\(error)")
  }

  // MARK: - What the runtime asks for

  /// containerd passes on a container's hostPort. A Pod that runs without it would be a riddle.
  @Test func whatTheRuntimeAsksForAndNobodyDoesIsRefused() throws {
    let lab = try lab("other: {chain: [{type: bridge}]}")
    let asked: [(JSONObject, String?)] = [
      (["portMappings": [["hostPort": 80, "containerPort": 80, "protocol": "tcp"]]], "portMappings"),
      (["bandwidth": ["ingressRate": 1000, "ingressBurst": 1000]], "bandwidth"), (["deviceID": "0000:00:1f.6"], "deviceID"),
      (["portMappings": []], nil), (["portMappings": [["containerPort": 80]]], nil), (["bandwidth": ["ingressRate": 0]], nil),
      (["mac": ""], nil), (["ips": []], nil), (["dns": ["servers": ["1.1.1.1"]]], nil),
    ]
    for (runtimeConfig, refused) in asked {
      let answer = try adds(lab, keys: ["runtimeConfig": .object(runtimeConfig)])
      guard let refused else {
        #expect(answer.succeeded, "\(answer)")
        continue
      }
      let error = try answer.error()
      #expect(error.code == 7 && error.text.contains(refused) && error.text.contains("network \"pods\""), "\(error)")
    }
    try lab.setPolicy(
      try lab.directory.read("policy.yaml").replacingOccurrences(
        of: "pods: {chain", with: "pods: {ignoreCapabilities: [portMappings], chain"))
    #expect(try adds(lab, keys: ["runtimeConfig": .object(asked[0].0)]).succeeded)
    #expect(try adds(lab, keys: ["runtimeConfig": .object(asked[1].0)]).error().text.contains("bandwidth"))
  }

  /// Under CRI-O every address of the result is the Pod's.
  @Test func theResultMayLackRequestedNetworks() throws {
    let (lab, pod) = (try lab("other: \(Self.chain("br-o", "10.9.0.0/24"))"), try ScratchNamespace())
    let policy = try lab.directory.read("policy.yaml")
    for (grant, addresses) in [("", 2), (", inResult: true", 2), (", inResult: false", 1)] {
      try lab.setPolicy(policy + "\nrequests: [{namespaces: [\"*\"], networks: [other]\(grant)}]\n")
      let annotations: JSON = ["k8s.v1.cni.cncf.io/networks": "other"]
      let call = lab.call("c1", pod, keys: ["runtimeConfig": ["io.kubernetes.cri.pod-annotations": annotations]])
      let result = JSON.object(try call.run(on: lab.node).result())
      #expect(
        result["ips"]?.array?.count == addresses && result["interfaces"]?.array?.contains { $0["name"] == "net1" } == true,
        "\(grant): \(result)")
      #expect(try call.with("CHECK").run(on: lab.node).result() == [:])
      #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    }
  }
}
