import JSON
import TestSupport
import Testing

/// DEL of interface plugins, and ADDs that fail (items 5, 31, 32; section 2, DEL).
let deleteCases: [Case] = [
  Case("spec 2, DEL; item 31", "DEL takes the pair and the address, and leaves the bridge", [.bridge], specs: Spec.allCases) {
    b in
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    _ = try b.add(own)
    try b.delete(own)
    #expect(try b.node.links() == ["br0"] && b.pod.namespace.links().isEmpty && b.reserved().isEmpty)
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24"])
    try b.delete(own)
  },
  Case("spec 2, DEL", "DEL takes the link and the address", [.macvlan], specs: Spec.allCases) { b in
    try b.makeMaster()
    let own: JSONObject = ["master": "nic0", "ipam": hostLocal("10.1.0.0/24")]
    _ = try b.add(own)
    try b.delete(own)
    #expect(try b.pod.namespace.links().isEmpty && b.reserved().isEmpty && b.node.links().sorted() == ["lan0", "nic0"])
    try b.delete(own)
  },
  afterAdd("DEL without CNI_NETNS gives the address back") { $0.netns = nil },
  afterAdd("DEL with an empty CNI_NETNS gives the address back") { $0.netns = "" },
  afterAdd("DEL with a CNI_NETNS that is gone gives the address back") { $0.netns = "/run/netns/gone" },
  Case("item 31", "DEL after the namespace was removed", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.connected()
    let pod = try Pod()
    _ = try b.add(own, pod)
    pod.namespace.remove()
    try b.delete(own, pod)
    #expect(try b.reserved().isEmpty)
  },
  Case("item 31", "DEL after the link was removed", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.pod.namespace.run("ip", "link", "delete", "eth0")
    try b.delete(own)
    #expect(try b.reserved().isEmpty)
  },
  Case("item 31", "DEL after the bridge was removed", [.bridge]) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.node.run("ip", "link", "delete", "br0")
    try b.delete(own)
    #expect(try b.reserved().isEmpty && b.pod.namespace.links().isEmpty && b.node.links().isEmpty)
  },
  Case("item 31", "DEL after the master was removed", [.macvlan], reach: .since("1.2.0")) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.node.run("ip", "link", "delete", "nic0")
    try b.delete(own)
    #expect(try b.reserved().isEmpty)
  },
  Case("spec 2, DEL", "DEL of what was never added", [.bridge, .macvlan, .ptp], specs: Spec.allCases) { b in
    try b.delete(b.connected())
    #expect(try b.reserved().isEmpty && b.node.links().allSatisfy { ["nic0", "lan0"].contains($0) })
  },
  Case("spec 2, DEL", "DEL where there never was a master", [.macvlan], reach: .since("1.2.0")) { b in
    for own in [["master": "nic0"], ["ipam": hostLocal("10.1.0.0/24")]] as [JSONObject] { try b.delete(own) }
  },
  Case("spec 2, DEL", "DEL with the prevResult that runtimes send", [.bridge, .macvlan, .ptp], specs: Spec.withCheck) { b in
    let own = try b.connected()
    try b.delete(own.with("prevResult", b.add(own)))
    #expect(try b.pod.namespace.links().isEmpty && b.reserved().isEmpty)
  },
  afterRefusal([.bridge], [["mtu": -1], ["runtimeConfig": ["mac": "02:00"]], ["hairpinMode": true, "promiscMode": true]]),
  afterRefusal([.macvlan], [["mode": "foo"], ["mtu": -1], ["mac": "02:00"]], reach: .since("1.2.0")),
  Case("spec 2, DEL", "DEL leaves the container's other links alone", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.pod.namespace.run("ip", "link", "add", "mine", "type", "veth", "peer", "name", "mine2")
    try b.delete(own)
    #expect(try b.pod.namespace.links().sorted() == ["mine", "mine2"])
  },
  Case("item 5", "the IPAM's error passes through on DEL", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.connected().with("cniVersion", "0.2.0").with("ipam", hostLocal("10.1.0.0/24", "10.2.0.0/24"))
    let text = "CNI version 0.2.0 does not support more than 1 address per family"
    for command in ["ADD", "DEL"] { try b.refuses(command, own, 999, text) }
  },

  Case("item 5", "the IPAM's error passes through on ADD", [.bridge, .macvlan, .ptp]) { b in
    var own = try b.connected()
    own["ipam"] = ["type": "host-local", "subnet": "10.1.0.0/30", "rangeStart": "10.1.0.1", "rangeEnd": "10.1.0.1"]
    try b.refuses("ADD", own, 999, "failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.1")
  },
  Case(
    "design 1", "a failed IPAM leaves no link", [.bridge, .macvlan, .ptp], reach: .ours("the reference's bridge leaves the pair")
  ) {
    b in
    var own = try b.connected()
    own["ipam"] = ["type": "host-local", "subnet": "10.1.0.0/30", "rangeStart": "10.1.0.1", "rangeEnd": "10.1.0.1"]
    try b.refuses("ADD", own, 999)
    #expect(try b.pod.namespace.links().isEmpty && !b.node.links().contains { $0.hasPrefix("veth") })
  },
  Case(
    "item 32", "an interface of that name is an error, which gives the address back and leaves the link",
    [.bridge, .macvlan, .ptp]
  ) { b in
    let own = try b.connected()
    try b.pod.namespace.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other")
    let answer = try b.call("ADD", own)
    #expect(answer.status == 1, "\(answer)")
    #expect(try b.reserved().isEmpty && b.pod.namespace.links().sorted() == ["eth0", "other"])
    #expect(try !b.node.links().contains { $0.hasPrefix("veth") })
  },
  Case("item 5", "an IPAM without an address is an error", [.bridge, .macvlan, .ptp]) { b in
    try b.refuses("ADD", b.connected().with("ipam", ["type": "static"]), 999, "IPAM plugin returned missing IP config")
  },
  Case("item 13", "no address cannot be said before 0.3.0", [.bridge, .macvlan], specs: Spec.flat) { b in
    try b.refuses("ADD", b.connected().with("ipam", .null), 999, "cannot convert: no valid IP addresses")
  },
  Case(
    "item 13", "what cannot be said is undone", [.bridge, .macvlan], specs: Spec.flat, reach: .ours("the reference leaves it")
  ) {
    b in
    try b.refuses("ADD", b.connected().with("ipam", .null), 999)
    #expect(try b.pod.namespace.links().isEmpty && !b.node.links().contains { $0.hasPrefix("veth") })
  },
  Case("item 5", "an IPAM plugin that does not exist is named, with the path", [.bridge, .macvlan, .ptp]) { b in
    try b.refuses(
      "ADD", b.connected().with("ipam", ["type": "nowhere"]), 999,
      #"failed to find plugin "nowhere" in path [\#(b.executables)]"#)
  },
]

/// A runtime calls DEL after an ADD that failed, with the configuration that failed it.
private func afterRefusal(_ plugins: [Plugin], _ wrong: [JSONObject], reach: Case.Reach = .everyone) -> Case {
  Case("spec 2, DEL", "DEL with what ADD refuses gives back all the same", plugins, reach: reach) { b in
    let own = try b.connected()
    for object in wrong {
      _ = try b.add(own)
      try b.delete(object.members.reduce(own) { $0.with($1.name, $1.value) })
      #expect(try b.pod.namespace.links().isEmpty && b.reserved().isEmpty, "\(object)")
    }
  }
}

private func afterAdd(_ title: String, change: @escaping @Sendable (inout PluginCall) -> Void) -> Case {
  Case("spec 2, DEL; item 31", title, [.bridge, .macvlan, .ptp], specs: [.v020, .v040, .v110]) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.delete(own, change: change)
    #expect(try b.reserved().isEmpty)
    try b.delete(own)
    #expect(try b.pod.namespace.links().isEmpty)
  }
}

extension Bench {
  /// A configuration with one address of host-local, and what it needs of the node.
  func connected() throws -> JSONObject {
    try prepare()
    return plain.with("ipam", hostLocal("10.1.0.0/24"))
  }
}
