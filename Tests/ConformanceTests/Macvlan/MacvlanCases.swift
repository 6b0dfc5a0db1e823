import JSON
import TestSupport
import Testing

/// The macvlan plugin (items 33, 35 to 37).
let macvlanCases: [Case] = [
  Case("item 37; spec 5", "the result and the kernel agree", [.macvlan], specs: Spec.allCases) { b in
    try b.makeMaster()
    let routes: [JSON] = [["dst": "0.0.0.0/0"], ["dst": "fd77::/64"]]
    let result = try b.add(["master": "nic0", "ipam": hostLocal("10.1.0.0/24", "fd01::/64", routes: routes)])
    let link = b.pod.namespace.link("eth0")
    #expect(link["linkinfo"]["info_kind"] == "macvlan" && link["linkinfo"]["info_data"]["mode"] == "bridge")
    #expect(link["link_index"] == b.node.link("nic0")["ifindex"] && link["flags"].list.contains("UP"))
    #expect(try b.pod.namespace.addresses("eth0") == ["10.1.0.2/24", "fd01::2/64"])
    #expect(try b.pod.namespace.routes() == ["default via 10.1.0.1 dev eth0", "fd77::/64 via fd01::1 dev eth0"])
    #expect(try b.node.links().sorted() == ["lan0", "nic0"])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "10.1.0.2/24" && result["ip6"]["ip"] == "fd01::2/64")
    } else {
      #expect(result["interfaces"].list.count == 1 && result["interfaces"][0]["name"] == "eth0")
      #expect(result["interfaces"][0]["mac"] == link["address"])
      #expect(result["interfaces"][0]["sandbox"].text == b.pod.namespace.path)
      #expect(result["ips"].list.map { $0["interface"] } == [0, 0])
    }
  },
  Case("item 37", "a layer 2 link is set up, without addresses", [.macvlan], specs: [.v030, .v040, .v100, .v110]) { b in
    try b.makeMaster()
    for own in [["master": "nic0"], ["master": "nic0", "ipam": [:]]] as [JSONObject] {
      let pod = try Pod()
      let result = try b.add(own, pod)
      #expect(pod.namespace.link("eth0")["flags"].list.contains("UP") && result["ips"].list.isEmpty)
      try b.delete(own, pod)
    }
  },
  Case("spec 5", "the interface tells its MTU", [.macvlan], specs: [.v110]) { b in
    try b.makeMaster()
    let result = try b.add(["master": "nic0", "mtu": 1300])
    #expect(result["interfaces"][0]["mtu"] == 1300)
  },
  Case("item 37", "containers reach each other and the network behind the master", [.macvlan]) { b in
    try b.makeMaster()
    try b.node.run("ip", "address", "add", "10.1.0.1/24", "dev", "lan0")
    let own: JSONObject = ["master": "nic0", "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    let other = try Pod()
    _ = try (b.add(own), b.add(own, other))
    for address in ["10.1.0.3", "fd01::3"] { #expect(try b.pod.namespace.pings(address), "\(address)") }
  },
  mode("bridge", "bridge"), mode("private", "private"), mode("vepa", "vepa"), mode("passthru", "passthru"), mode("", "bridge"),
  Case("item 36", "an unknown mode is refused", [.macvlan]) { b in
    try b.makeMaster()
    try b.refuses("ADD", ["master": "nic0", "mode": "foo"], 999, #"unknown macvlan mode: "foo""#)
    #expect(try b.pod.namespace.links().isEmpty)
  },
  Case("item 36", "the MTU is set", [.macvlan]) { b in
    try b.makeMaster()
    _ = try b.add(["master": "nic0", "mtu": 1280])
    #expect(b.pod.namespace.link("eth0")["mtu"] == 1280)
  },
  Case("item 36", "the MTU is the master's by default", [.macvlan]) { b in
    try b.makeMaster(mtu: 1380)
    _ = try b.add(["master": "nic0", "mtu": 0])
    #expect(b.pod.namespace.link("eth0")["mtu"] == 1380)
  },
  Case("item 36", "an MTU above the master's is refused", [.macvlan]) { b in
    try b.makeMaster()
    for (mtu, ipam) in [(9000, JSON.null), (1501, hostLocal("10.1.0.0/24"))] {
      try b.refuses(
        "ADD", ["master": "nic0", "mtu": JSON(mtu), "ipam": ipam], 999,
        "invalid MTU \(mtu), must be [0, master MTU(1500)]")
    }
    #expect(try b.reserved().isEmpty && b.pod.namespace.links().isEmpty)
  },
  Case("item 36", "a negative MTU is refused", [.macvlan]) { b in
    try b.makeMaster()
    try b.refuses("ADD", ["master": "nic0", "mtu": -1], 999)
  },
  Case("item 35", "without master it is the default route's interface", [.macvlan]) { b in
    try b.makeMaster("nic1", behind: "lan1")
    try b.makeMaster()
    try b.node.run("ip", "address", "add", "10.9.0.2/24", "dev", "nic0")
    try b.node.run("ip", "route", "add", "default", "via", "10.9.0.1")
    _ = try b.add([:])
    #expect(b.pod.namespace.link("eth0")["link_index"] == b.node.link("nic0")["ifindex"])
  },
  Case("item 35", "an IPv6 default route counts too", [.macvlan]) { b in
    try b.makeMaster()
    try b.node.run("ip", "address", "add", "fd09::2/64", "dev", "nic0", "nodad")
    try b.node.run("ip", "route", "add", "default", "via", "fd09::1")
    _ = try b.add([:])
    #expect(b.pod.namespace.link("eth0")["link_index"] == b.node.link("nic0")["ifindex"])
  },
  Case("item 36", "without master and default route it fails", [.macvlan]) { b in
    try b.makeMaster()
    try b.refuses("ADD", ["ipam": hostLocal("10.1.0.0/24")], 999, "no default route interface found")
    #expect(try b.reserved().isEmpty)
  },
  Case("item 36", "a master that is not there fails", [.macvlan]) { b in
    try b.refuses("ADD", ["master": "nic7", "ipam": hostLocal("10.1.0.0/24")], 999, "Link not found")
    #expect(try b.reserved().isEmpty && b.pod.namespace.links().isEmpty)
  },
  Case("item 35", "linkInContainer looks for the master in the container", [.macvlan], reach: .since("1.2.0")) { b in
    try b.pod.namespace.run("ip", "link", "add", "inner", "type", "veth", "peer", "name", "inner2")
    try b.pod.namespace.run("ip", "link", "set", "inner", "up")
    let own: JSONObject = ["master": "inner", "linkInContainer": true]
    _ = try b.add(own)
    #expect(b.pod.namespace.link("eth0")["link"] == "inner" && b.pod.namespace.link("eth0")["flags"].list.contains("UP"))
    try b.delete(own)
    #expect(try b.pod.namespace.links().sorted() == ["inner", "inner2"])
  },
  Case("item 35", "linkInContainer looks for the default route in the container", [.macvlan], reach: .since("1.2.0")) { b in
    let inner = b.pod.namespace
    try inner.run("ip", "link", "add", "inner", "type", "veth", "peer", "name", "inner2")
    try inner.run("ip", "link", "set", "inner", "up")
    try b.refuses("ADD", ["linkInContainer": true], 999, "no default route interface found")
    try inner.run("ip", "address", "add", "10.9.0.2/24", "dev", "inner")
    try inner.run("ip", "route", "add", "default", "via", "10.9.0.1")
    _ = try b.add(["linkInContainer": true])
    #expect(inner.link("eth0")["link"] == "inner")
  },
  Case("item 36", "bcqueuelen is the link's", [.macvlan], reach: .since("1.5.0")) { b in
    try b.makeMaster()
    _ = try b.add(["master": "nic0", "bcqueuelen": 2000])
    #expect(b.pod.namespace.link("eth0")["linkinfo"]["info_data"]["bcqueuelen"] == 2000)
  },
  mac("its configuration", ["mac": "02:00:00:00:00:04"], "02:00:00:00:00:04"),
  mac("CNI_ARGS before the configuration", ["mac": "02:00:00:00:00:04"], "02:00:00:00:00:01", args: "MAC=02:00:00:00:00:01"),
  mac(
    "runtimeConfig before all", ["mac": "02:00:00:00:00:04", "runtimeConfig": ["mac": "02:00:00:00:00:03"]],
    "02:00:00:00:00:03", args: "MAC=02:00:00:00:00:01"),
  Case("item 37", "a bad MAC is refused and leaves nothing", [.macvlan]) { b in
    let answer = try b.call("ADD", b.connected().with("mac", "02:00"))
    #expect(answer.status == 1 && answer.description.contains("02:00"))
    #expect(try b.pod.namespace.links().isEmpty && b.reserved().isEmpty)
  },
  dns("without its own", .null, [:]), dns("with its own", ["nameservers": ["1.1.1.1"]], ["nameservers": ["1.1.1.1"]]),
  Case("item 37", "a name that the node has too", [.macvlan]) { b in
    try b.makeMaster("eth0", behind: "lan0")
    _ = try b.add(["master": "eth0"])
    #expect(b.pod.namespace.link("eth0")["link_index"] == b.node.link("eth0")["ifindex"])
    try b.delete(["master": "eth0"])
    #expect(try b.node.links().sorted() == ["eth0", "lan0"])
  },
]

private func mode(_ text: JSON, _ kernel: JSON) -> Case {
  Case("item 36", "the mode \(text.text())", [.macvlan]) { b in
    try b.makeMaster()
    _ = try b.add(["master": "nic0", "mode": text])
    #expect(b.pod.namespace.link("eth0")["linkinfo"]["info_data"]["mode"] == kernel)
  }
}

private func mac(_ how: String, _ own: JSONObject, _ mac: JSON, args: String? = nil) -> Case {
  Case("item 37", "the MAC of \(how)", [.macvlan]) { b in
    try b.makeMaster()
    let result = try b.add(own.with("master", "nic0")) { $0.args = args }
    #expect(b.pod.namespace.link("eth0")["address"] == mac && result["interfaces"][0]["mac"] == mac)
  }
}

private func dns(_ what: String, _ own: JSON, _ wanted: JSON) -> Case {
  Case("item 33", "dns is always its own: \(what)", [.macvlan]) { b in
    try b.makeMaster()
    let ipam: JSON = ["type": "static", "addresses": [["address": "10.1.0.2/24"]], "dns": ["nameservers": ["9.9.9.9"]]]
    let result = try b.add(["master": "nic0", "dns": own, "ipam": ipam])
    #expect(wanted == [:] ? result["dns"].isNull || result["dns"] == [:] : result["dns"] == wanted)
  }
}
