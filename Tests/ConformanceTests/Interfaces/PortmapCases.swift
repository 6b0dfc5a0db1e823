import JSON
import TestSupport
import Testing

/// The portmap plugin (items 65, 69 to 76), behind a bridge.
let portmapCases: [Case] = [
  Case("item 76", "the result is the previous one", [.portmap], specs: Spec.withCheck) { b in
    let previous = try b.behindBridge()
    let result = try b.add(ports([[8080, 80]]).with("prevResult", previous))
    #expect(result["ips"] == previous["ips"] && result["interfaces"] == previous["interfaces"])
    try b.check(ports([[8080, 80]]), after: result)
    try b.delete(ports([[8080, 80]]).with("prevResult", result))
  },
  Case("item 70", "without mappings nothing happens", [.portmap]) { b in
    let previous = try b.behindBridge()
    for own: JSONObject in [[:], ["runtimeConfig": [:]], ["runtimeConfig": ["portMappings": []]]] {
      let result = try b.add(own.with("prevResult", previous))
      #expect(result["ips"] == previous["ips"])
      try b.delete(own.with("prevResult", previous))
    }
  },
  Case("item 65", "ADD needs a previous result", [.portmap]) { b in
    let answer = try b.call("ADD", ports([[8080, 80]]))
    #expect(answer.status == 1 && answer.description.contains("must be called as chained plugin"), "\(answer)")
  },
  Case("item 72", "impossible ports are refused", [.portmap]) { b in
    let previous = try b.behindBridge()
    for (pair, text) in [([0, 80], "Invalid host port number: 0"), ([8080, 0], "Invalid container port number: 0")] {
      let answer = try b.call("ADD", ports([pair]).with("prevResult", previous))
      #expect(answer.status == 1 && answer.description.contains(text), "\(answer)")
    }
  },
  Case(
    "item 85", "DEL twice, without a previous result, a namespace or mappings", [.portmap],
    reach: .ours("item 70: the reference cleans nothing")
  ) { b in
    let previous = try b.behindBridge()
    _ = try b.add(ports([[8080, 80]]).with("prevResult", previous))
    #expect(try b.node.run("nft", "list", "ruleset").contains("container \(b.pod.id) "))
    for _ in 0..<2 {
      try b.delete([:]) { $0.netns = "" }
      #expect(try !b.node.run("nft", "list", "ruleset").contains("container \(b.pod.id) "))
    }
  },
  Case("item 73", "what only iptables can do is refused by name", [.portmap], reach: .ours("the reference can do it")) { b in
    let previous = try b.behindBridge()
    let refused: [(String, JSON)] = [
      ("backend", "iptables"), ("externalSetMarkChain", "KUBE-MARK-MASQ"), ("conditionsV4", ["-d", "192.0.2.1"]),
      ("conditionsV6", ["-d", "2001:db8::1"]),
    ]
    for (key, value) in refused {
      let error = try b.call("ADD", ports([[8080, 80]]).with("prevResult", previous).with(key, value)).error()
      #expect(error.code == 2 && error.text.contains(key), "\(error)")
    }
  },
  Case("item 84", "ADD again replaces the mapping", [.portmap], reach: .ours("the reference leaves the first")) { b in
    let previous = try b.behindBridge()
    _ = try b.add(ports([[8080, 80]]).with("prevResult", previous))
    let result = try b.add(ports([[8080, 81]]).with("prevResult", previous))
    try b.check(ports([[8080, 81]]), after: result)
    #expect(try b.node.run("nft", "list", "ruleset").contains(" . 81 "))
    try b.delete(ports([[8080, 81]]).with("prevResult", result))
    #expect(try !b.node.run("nft", "list", "ruleset").contains("container \(b.pod.id) "))
  },
  Case("item 96", "CHECK sees a wrong target", [.portmap], reach: .ours("the reference counts rules")) { b in
    let previous = try b.behindBridge()
    let result = try b.add(ports([[8080, 80]]).with("prevResult", previous))
    try b.refuses("CHECK", ports([[8080, 81]]).with("prevResult", result), 999)
  },
]

private func ports(_ pairs: [[Int]]) -> JSONObject {
  let mappings = pairs.map { JSON.object(["hostPort": JSON($0[0]), "containerPort": JSON($0[1]), "protocol": "tcp"]) }
  return ["runtimeConfig": ["portMappings": .array(mappings)]]
}

extension Bench {
  /// The result of the bridge plugin before this one in the chain.
  func behindBridge() throws -> JSON {
    let bridge = try Bench(.bridge, spec)
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    var call = bridge.prepared("ADD", own, pod)
    call.executable = "\(executables)/bridge"
    call.path = executables
    keep(bridge)
    return .object(try call.run(on: node).result())
  }
}
