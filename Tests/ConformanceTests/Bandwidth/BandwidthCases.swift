import JSON
import TestSupport
import Testing

/// The bandwidth plugin (items 118 to 130).
let bandwidthCases: [Case] = [
  Case("item 123; item 125", "each direction has a token bucket", [.bandwidth], specs: [.v031, .v040, .v100], needs: [.shaping]) {
    b in
    let own = try b.shaped(limits)
    let result = try b.add(own)
    let ifb = result["interfaces"].list.last?["name"].text ?? ""
    for device in ["v0", ifb] {
      let qdisc = try b.qdiscs(device)[0]
      #expect(qdisc["kind"] == "tbf" && qdisc["handle"] == "1:" && qdisc["root"] == true, "\(qdisc)")
      // 1 MB/s, a bucket of 1 MB, and 25 ms more in the queue.
      #expect(qdisc["options"]["rate"] == 1_000_000 && qdisc["options"]["burst"] == "1000000b/1", "\(qdisc)")
      #expect([24999, 25000].contains(qdisc["options"]["lat"]), "\(qdisc)")
    }
    let filter = try b.node.run("tc", "filter", "show", "dev", "v0", "ingress")
    #expect(filter.contains("Egress Redirect to device \(ifb)"), "\(filter)")
    #expect(try b.qdiscs("v0").contains { $0["kind"] == "ingress" && $0["handle"] == "ffff:" })
  },
  Case("item 124", "the result lists the ifb last", [.bandwidth], specs: [.v031, .v040, .v100], needs: [.shaping]) { b in
    let result = try b.add(b.shaped(limits))
    let interfaces = result["interfaces"].list
    #expect(interfaces.map { $0["name"].text }.dropLast() == ["v0", "eth0"] && interfaces.last?["sandbox"].text == "")
    let link = b.node.link(interfaces.last?["name"].text ?? "")
    #expect(link["address"] == interfaces.last?["mac"] && link["linkinfo"]["info_kind"] == "ifb" && link["mtu"] == 1500)
    #expect(link["flags"].list.contains("UP"))
    #expect(result["ips"][0]["address"] == "10.1.0.2/24" && result["dns"]["nameservers"] == ["10.0.0.53"])
  },
  Case("item 124", "without a limit of what it sends there is no ifb", [.bandwidth], needs: [.shaping]) { b in
    let result = try b.add(b.shaped(["ingressRate": 8_000_000, "ingressBurst": 8_000_000]))
    #expect(try result["interfaces"].list.count == 2 && b.node.links() == ["v0"] && b.qdiscs("v0").map { $0["kind"] } == ["tbf"])
  },
  Case("item 121", "without what it receives its end has only the redirect", [.bandwidth], needs: [.shaping]) { b in
    let result = try b.add(b.shaped(["egressRate": 8_000_000, "egressBurst": 8_000_000]))
    #expect(result["interfaces"].list.count == 3)
    #expect(try b.qdiscs("v0").map { $0["kind"] } == ["noqueue", "ingress"])
  },
  Case("item 118; item 119", "limits of runtimeConfig", [.bandwidth], needs: [.shaping]) { b in
    for (key, rate) in [("bandwidth", "ingressRate"), ("bandWidth", "IngressRate")] {
      let burst = rate.replacing("Rate", with: "Burst")
      let given: JSON = ["\(key)": ["\(rate)": 8_000_000, "\(burst)": 8_000_000]]
      let own = try b.shaped(["runtimeConfig": given])
      _ = try b.add(own)
      #expect(try b.qdiscs("v0").first?["options"]["rate"] == 1_000_000)
      try b.delete(own)
    }
  },
  Case("item 119", "any key of its own hides those of runtimeConfig", [.bandwidth], needs: [.shaping]) { b in
    let given: JSON = ["bandwidth": ["ingressRate": 8_000_000, "ingressBurst": 8_000_000]]
    _ = try b.add(b.shaped(["egressRate": 0, "runtimeConfig": given]))
    #expect(try b.node.links() == ["v0"] && b.qdiscs("v0").map { $0["kind"] } == ["noqueue"])
  },
  Case("item 121", "without a limit the result passes through", [.bandwidth], specs: [.v031, .v040, .v100]) { b in
    for none in [[:], ["ingressRate": 0, "ingressBurst": 0, "egressRate": 0, "egressBurst": 0]] as [JSONObject] {
      let own = try b.shaped(none)
      let result = try b.add(own)
      #expect(
        result["interfaces"].list.map { $0["name"].text } == ["v0", "eth0"] && result["ips"][0]["address"] == "10.1.0.2/24")
    }
  },
  Case(
    "item 129", "CHECK without a limit says nothing", [.bandwidth], specs: [.v040, .v100],
    reach: .ours("the reference looks for an ifb")
  ) { b in
    let own = try b.shaped([:])
    try b.check(own, after: b.add(own))
  },
  refused("a rate without a burst", ["ingressRate": 8000], "if rate is set, burst must also be set"),
  refused("a burst without a rate", ["egressBurst": 8000], "if burst is set, rate must also be set"),
  refused("a burst of 4 GiB", ["ingressRate": 8000, "ingressBurst": 34_359_738_360], "burst cannot be more than 4GB"),
  refused(
    "a rate of runtimeConfig without a burst", ["runtimeConfig": ["bandwidth": ["egressRate": 8000]]],
    "if rate is set, burst must also be set"),
  Case("item 122", "no interfaces in prevResult", [.bandwidth]) { b in
    let none = try b.shaped(limits).with("prevResult", ["cniVersion": .string(b.spec.rawValue), "interfaces": []])
    try b.refuses("ADD", none, 999, "no interfaces provided")
  },
  Case("item 122", "the other end must stand in prevResult", [.bandwidth], needs: [.shaping]) { b in
    let own = try b.shaped(limits)
    let other = own.with(
      "prevResult",
      [
        "cniVersion": .string(b.spec.rawValue),
        "interfaces": [["name": "v9"], ["name": "eth0", "sandbox": .string(b.pod.namespace.path)]],
      ])
    try b.refuses("ADD", other, 999, "no veth peer of container interface found in host ns")
    #expect(try b.node.links() == ["v0"])
  },
  Case("item 122", "an interface without another end is refused", [.bandwidth], needs: [.macvlan]) { b in
    try b.makeMaster()
    try b.node.run("ip", "link", "add", "link", "nic0", "name", "eth0", "netns", b.pod.namespace.name, "type", "macvlan")
    let answer = try b.call("ADD", limits.with("prevResult", b.previous))
    let error = try answer.error()
    #expect(error.code == 999 && error.text.hasPrefix("container interface eth0 has no veth peer: "), "\(answer)")
  },
  Case("item 121", "without prevResult it is refused", [.bandwidth], reach: .ours("the reference crashes")) { b in
    for keys in [[:], limits] { try b.refuses("ADD", keys, 999, "must be called as chained plugin") }
  },
  Case("item 128", "DEL removes the ifb, needs no namespace, and may come again", [.bandwidth], needs: [.shaping]) { b in
    let own = try b.shaped(limits)
    _ = try b.add(own)
    try b.delete(own) { $0.netns = "/run/netns/braid-test-none" }
    #expect(try b.node.links() == ["v0"])
    try b.delete(own)
  },
  Case("item 128", "DEL without a prevResult", [.bandwidth], needs: [.shaping]) { b in
    _ = try b.add(b.shaped(limits))
    try b.delete(limits)
    #expect(try b.node.links() == ["v0"])
  },
  Case(
    "item 120", "DEL whatever the limits are by now", [.bandwidth], reach: .ours("the reference checks the limits first"),
    needs: [.shaping]
  ) { b in
    _ = try b.add(b.shaped(limits))
    try b.delete(["ingressRate": 8000])
    #expect(try b.node.links() == ["v0"])
  },
  Case("item 129", "CHECK after ADD says nothing", [.bandwidth], specs: [.v040, .v100], needs: [.shaping]) { b in
    let own = try b.shaped(limits)
    try b.check(own, after: b.add(own))
  },
  checked("Failed to find qdisc", "tc qdisc del dev v0 root", since: "1.6.0"),
  checked("Rate doesn't match", "tc qdisc change dev v0 root tbf rate 9mbit burst 1000000b limit 1025000b"),
  checked("Limit doesn't match", "tc qdisc change dev v0 root tbf rate 8mbit burst 1000000b limit 1000000b"),
  checked("Buffer doesn't match", "tc qdisc change dev v0 root tbf rate 8mbit burst 999999b limit 1025000b"),
  checked("get ifb device: Link not found", "ip link del IFB"),
  Case(
    "item 129", "CHECK looks at the filter", [.bandwidth], reach: .ours("the reference does not look at it"), needs: [.shaping]
  ) { b in
    let own = try b.shaped(limits)
    let result = try b.add(own)
    try b.node.run("tc", "filter", "del", "dev", "v0", "ingress")
    try b.refuses("CHECK", own.with("prevResult", result), 999, "the filters of v0 are not those of the limits")
  },
  Case(
    "item 128", "an ADD after one that was killed succeeds", [.bandwidth],
    reach: .ours("the reference's link and qdiscs are in its way"),
    needs: [.shaping]
  ) { b in
    let own = try b.shaped(limits)
    _ = try b.add(own)
    try b.check(own, after: b.add(own))
  },
  Case(
    "item 124", "two interfaces of one container in one network", [.bandwidth], reach: .ours("the reference gives both one name"),
    needs: [.shaping]
  ) { b in
    let own = try b.shaped(limits)
    let first = try b.add(own)
    let pod = Pod(of: b.pod, ifName: "net1")
    try b.node.run("ip", "link", "add", "v1", "type", "veth", "peer", "name", "net1", "netns", pod.namespace.name)
    let interfaces: JSON = [["name": "v1"], ["name": "net1", "sandbox": .string(pod.namespace.path)]]
    let other = limits.with("prevResult", ["cniVersion": .string(b.spec.rawValue), "interfaces": interfaces])
    let second = try b.add(other, pod)
    #expect(try b.node.links().count == 4)
    try b.check(other, after: second, pod)
    try b.delete(other, pod)
    try b.check(own, after: first)
  },
  Case(
    "item 126", "a burst that nobody has named does not lift the limit", [.bandwidth],
    reach: .ours("the reference's numbers wrap"),
    needs: [.shaping]
  ) { b in
    for burst in [2_147_483_647, 4_294_967_295, 34_359_738_359] {
      let own = try b.shaped(["ingressRate": 1_000_000, "ingressBurst": JSON(burst)])
      let result = try b.add(own)
      let qdisc = try b.node.run("tc", "qdisc", "show", "dev", "v0")
      #expect(qdisc.contains("rate 1Mbit burst 3125b"), "\(qdisc)")
      try b.check(own, after: result)
    }
  },
  Case("item 126", "a rate of one bit a second", [.bandwidth], reach: .ours("the reference divides by zero"), needs: [.shaping]) {
    b in
    let own = try b.shaped(["ingressRate": 1, "ingressBurst": 1])
    try b.check(own, after: b.add(own))
  },
  shapedSwitch("CHECK and DEL by the other") { b, first, second in
    let own = try b.shaped(limits)
    let result = try b.add(own, from: first)
    let answer = try b.call("CHECK", own.with("prevResult", result), from: second)
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
    try b.delete(own.with("prevResult", result), from: second)
    #expect(try b.node.links() == ["v0"])
  },
  shapedSwitch("DEL by the other without a prevResult") { b, first, second in
    _ = try b.add(b.shaped(limits), from: first)
    try b.delete(limits, from: second)
    #expect(try b.node.links() == ["v0"])
  },
]

/// 8 Mbit/s both ways, with a burst of one second.
private let limits: JSONObject = [
  "ingressRate": 8_000_000, "ingressBurst": 8_000_000, "egressRate": 8_000_000, "egressBurst": 8_000_000,
]

/// ADD and CHECK both refuse limits that make no sense.
private func refused(_ title: String, _ keys: JSONObject, _ text: String) -> Case {
  Case("item 120", "\(title) is refused", [.bandwidth]) { b in
    let own = try b.shaped(keys)
    for command in ["ADD", "CHECK"] { try b.refuses(command, own, 999, text) }
    #expect(try b.node.links() == ["v0"])
  }
}

/// CHECK names a difference, which a shell command makes. IFB stands for the ifb.
private func checked(_ text: String, _ deed: String, since: String? = nil) -> Case {
  Case(
    "item 129", "CHECK: \(text)", [.bandwidth], specs: [.v040, .v100], reach: since.map { .since($0) } ?? .everyone,
    needs: [.shaping]
  ) { b in
    let own = try b.shaped(limits)
    let result = try b.add(own)
    let ifb = result["interfaces"].list.last?["name"].text ?? ""
    try Command("sh", "-ec", deed.replacing("IFB", with: ifb)).require(in: b.node)
    try b.refuses("CHECK", own.with("prevResult", result), 999, text)
  }
}

/// Both directions.
private func shapedSwitch(
  _ title: String, body: @escaping @Sendable (_ b: Bench, _ first: String, _ second: String) throws -> Void
) -> Case {
  Case("design", "\(title), both ways", [.bandwidth], specs: [.v040, .v100], reach: .ours("it needs both"), needs: [.shaping]) {
    b in
    guard Command.find("\(Subject.reference)/bandwidth") != nil else {
      try Test.cancel("needs the reference plugins in \(Subject.reference)")
    }
    try body(b, Subject.reference, b.executables)
    try body(Bench(b.plugin, b.spec), b.executables, Subject.reference)
  }
}

extension Bench {
  /// Makes a new pair, `v0` on the node and `eth0` in the container, and adds the result that a plugin would give for it.
  fileprivate func shaped(_ keys: JSONObject) throws -> JSONObject {
    _ = try Command("ip", "link", "del", "v0").run(in: node)
    try node.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "eth0", "netns", pod.namespace.name)
    try node.run("ip", "link", "set", "v0", "up")
    return keys.with("prevResult", previous)
  }

  fileprivate var previous: JSON {
    let version = JSON.string(spec.rawValue)
    var ip: JSONObject = ["interface": 1, "address": "10.1.0.2/24"]
    if spec < .v100 { ip["version"] = "4" }
    return [
      "cniVersion": version, "interfaces": [["name": "v0"], ["name": "eth0", "sandbox": .string(pod.namespace.path)]],
      "ips": [.object(ip)], "routes": [], "dns": ["nameservers": ["10.0.0.53"]],
    ]
  }

  fileprivate func qdiscs(_ device: String) throws -> [JSON] { try node.json(.tc, "-d", "qdisc", "show", "dev", device).list }
}
