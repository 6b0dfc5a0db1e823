import JSON
import TestSupport
import Testing

/// The ptp plugin (items 183, 187, 190 to 198).
let ptpCases: [Case] = [
  Case("item 192; spec 5", "the result and the kernel agree", [.ptp], specs: Spec.allCases) { b in
    let result = try b.add(["ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    let port = try b.hostEnd()
    let (node, own) = (b.node.link(port), b.pod.namespace.link("eth0"))
    #expect(port.hasPrefix("veth"))
    #expect(try b.pod.namespace.addresses("eth0") == ["10.1.0.2/24", "fd01::2/64"])
    #expect(node["link_index"] == own["ifindex"] && own["link_index"] == node["ifindex"])
    #expect(node["flags"].list.contains("UP") && own["flags"].list.contains("UP"))
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "10.1.0.2/24" && result["ip4"]["gateway"] == "10.1.0.1")
      #expect(result["ip6"]["ip"] == "fd01::2/64" && result["ip6"]["gateway"] == "fd01::1")
      return
    }
    let interfaces = result["interfaces"].list
    #expect(interfaces.map { $0["name"].text } == [port, "eth0"])
    #expect(interfaces.map { $0["sandbox"].text } == ["", b.pod.namespace.path])
    #expect(interfaces.map { $0["mac"] } == [node["address"], own["address"]])
    #expect(result["ips"].list.map { $0["interface"] } == [1, 1])
    #expect(result["ips"].list.map { $0["gateway"] } == ["10.1.0.1", "fd01::1"])
  },
  Case("spec 5", "interfaces tell their MTU", [.ptp], specs: [.v110]) { b in
    let result = try b.add(["mtu": 1400, "ipam": hostLocal("10.1.0.0/24")])
    #expect(result["interfaces"].list.map { $0["mtu"] } == [1400, 1400])
  },
  Case("item 193", "the container reaches its network through the gateway, and that on the link", [.ptp]) { b in
    let routes: [JSON] = [["dst": "0.0.0.0/0"], ["dst": "fd77::/64"]]
    _ = try b.add(["ipam": hostLocal("10.1.0.0/24", "fd01::/64", routes: routes)])
    #expect(
      try b.pod.namespace.routes() == [
        "10.1.0.1 dev eth0", "10.1.0.0/24 via 10.1.0.1 dev eth0", "default via 10.1.0.1 dev eth0",
        "fd01::1 dev eth0", "fd01::/64 via fd01::1 dev eth0", "fd77::/64 via fd01::1 dev eth0",
      ])
    for route in try b.pod.namespace.json(.ip, "-4", "route", "show").list where route["dst"] != "default" {
      #expect(route["prefsrc"] == "10.1.0.2" && (route["scope"] == "link") == (route["dst"] == "10.1.0.1"), "\(route)")
    }
  },
  Case("item 193", "no route to the network leads past the gateway", [.ptp]) { b in
    _ = try b.add(["ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    for address in ["10.1.0.9", "fd01::9"] {
      let gateway = try b.pod.namespace.json(.ip, "route", "get", address)[0]["gateway"]
      #expect(gateway == (address == "10.1.0.9" ? "10.1.0.1" : "fd01::1"))
    }
  },
  Case("item 194", "the node has the gateway's address and a route to the container's", [.ptp]) { b in
    _ = try b.add(["ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    let port = try b.hostEnd()
    #expect(try b.node.addresses(port) == ["10.1.0.1/32", "fd01::1/128"])
    #expect(try b.node.routes() == ["10.1.0.2 dev \(port)", "fd01::2 dev \(port)"])
    #expect(try b.node.json(.ip, "-4", "route", "show", "10.1.0.2").list.first?["scope"] == "host")
  },
  Case("item 194", "the gateway's address is on the node's end of every container", [.ptp]) { b in
    let other = try Pod()
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    _ = try (b.add(own), b.add(own, other))
    #expect(try b.node.links().count == 2)
    for link in try b.node.links() { #expect(try b.node.addresses(link) == ["10.1.0.1/32", "fd01::1/128"]) }
    for address in ["10.1.0.1", "10.1.0.3", "fd01::1", "fd01::3"] { #expect(try b.pod.namespace.pings(address), "\(address)") }
    try b.delete(own)
    #expect(try b.node.links().count == 1 && other.namespace.pings("10.1.0.1") && other.namespace.pings("fd01::1"))
  },
  Case("item 193", "a second interface leaves the first in front", [.ptp], reach: .ours("the reference's goes in front")) { b in
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/24")]
    _ = try (b.add(own), b.add(own, Pod(of: b.pod, ifName: "net1")))
    for address in ["10.1.0.1", "10.1.0.9"] {
      #expect(try b.pod.namespace.json(.ip, "route", "get", address)[0]["dev"] == "eth0")
    }
    #expect(try b.pod.namespace.pings("10.1.0.1"))
  },
  Case("item 191", "the node forwards, and takes no advertisements of the container", [.ptp]) { b in
    _ = try b.add(["ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    #expect(try b.node.sysctl("net.ipv4.ip_forward") == "1" && b.node.sysctl("net.ipv6.conf.all.forwarding") == "1")
    #expect(try b.node.sysctl("net.ipv6.conf.\(b.hostEnd()).accept_ra") == "0")
  },
  Case("item 198", "an MTU of 5000", [.ptp]) { b in
    _ = try b.add(["mtu": 5000, "ipam": hostLocal("10.1.0.0/24")])
    let port = try b.hostEnd()
    #expect(b.pod.namespace.link("eth0")["mtu"] == 5000 && b.node.link(port)["mtu"] == 5000)
    #expect(try b.pod.namespace.pings("10.1.0.1"))
  },
  Case("item 190", "the MTU is the kernel's by default", [.ptp]) { b in
    _ = try b.add(["mtu": 0, "ipam": hostLocal("10.1.0.0/24")])
    #expect(b.pod.namespace.link("eth0")["mtu"] == 1500)
  },
  Case(
    "item 190", "an MTU that is none is refused", [.ptp], reach: .ours("a negative one is none there, and it keeps the address")
  ) { b in
    for mtu in [-1, 1, 66000] as [JSON] {
      try b.refuses("ADD", ["mtu": mtu, "ipam": hostLocal("10.1.0.0/24")], 999)
      #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty && b.reserved().isEmpty)
    }
  },
  Case("item 190", "there is no key for the MAC", [.ptp]) { b in
    _ = try b.add(["mac": "02:00:00:00:00:04", "ipam": hostLocal("10.1.0.0/24")])
    #expect(b.pod.namespace.link("eth0")["address"] != "02:00:00:00:00:04")
  },
  Case("item 190", "without ipam it is an error", [.ptp]) { b in
    for own in [[:], ["ipam": .null], ["ipam": [:]]] as [JSONObject] { try b.refuses("ADD", own, 999) }
    #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty)
  },
  Case("item 194", "an address without a gateway is refused", [.ptp]) { b in
    try b.refuses("ADD", ["ipam": statically("10.1.0.2/24")], 999)
    if Subject.isOurs { #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty) }
  },
  Case("item 193", "a single address has no network to reach", [.ptp], reach: .ours("it routes to the address twice")) { b in
    let ipam: JSON = ["type": "static", "addresses": [["address": "10.1.0.2/32", "gateway": "10.1.0.1"]]]
    _ = try b.add(["ipam": ipam])
    #expect(try b.pod.namespace.routes() == ["10.1.0.1 dev eth0"] && b.pod.namespace.pings("10.1.0.1"))
  },
  Case("item 195", "a failure gives the address back", [.ptp], reach: .ours("the reference keeps some")) { b in
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/24", routes: [["dst": "192.168.0.0/16", "gw": "203.0.113.1"]])]
    try b.refuses("ADD", own, 999)
    #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty && b.reserved().isEmpty)
  },
  Case("item 196; spec 2, DEL", "DEL takes the pair, the node's addresses and routes", [.ptp], specs: Spec.allCases) { b in
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    _ = try b.add(own)
    try b.delete(own)
    #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty && b.reserved().isEmpty)
    #expect(try b.node.routes().isEmpty)
    try b.delete(own)
  },
  Case("item 187", "without prevResult", [.ptp], specs: Spec.withCheck, reach: .since("1.2.0")) { b in
    let own = try b.connected()
    _ = try b.add(own)
    try b.refuses("CHECK", own, 999, "ptp: Required prevResult missing")
  },
  Case("item 187", "CHECK names another sandbox", [.ptp], specs: Spec.withCheck, reach: .since("1.2.0")) { b in
    let own = try b.connected()
    let text = try b.add(own).text().replacing(b.pod.namespace.path, with: "/run/netns/other")
    // It names none: no interface of this name is in the sandbox.
    try b.refuses(
      "CHECK", own.with("prevResult", JSON(parsing: text)), 999,
      "Sandbox in prevResult  doesn't match configured netns: \(b.pod.namespace.path)")
  },
  Case("item 188", "CHECK names another MAC", [.ptp], specs: Spec.withCheck, reach: .since("1.2.0")) { b in
    let own = try b.connected()
    let result = try b.add(own)
    let mac = b.pod.namespace.link("eth0")["address"].text
    try b.pod.namespace.run("ip", "link", "set", "eth0", "address", "02:00:00:00:00:66")
    try b.refuses(
      "CHECK", own.with("prevResult", result), 999,
      "ptp: Interface eth0 Mac \(mac) doesn't match container Mac: 02:00:00:00:00:66")
  },
  Case("item 197", "CHECK names another kind", [.ptp], specs: Spec.withCheck, reach: .since("1.2.0")) { b in
    let own = try b.connected()
    let result = try b.add(own)
    try b.pod.namespace.run("ip", "link", "delete", "eth0")
    try b.pod.namespace.run("ip", "link", "add", "eth0", "type", "bridge")
    try b.refuses("CHECK", own.with("prevResult", result), 999, "Error: Container interface eth0 not of type veth/p2p")
  },
  lost("the gateway's address") { b in try b.node.run("ip", "address", "flush", "dev", b.hostEnd()) },
  lost("the route to the container") { b in try b.node.run("ip", "route", "delete", "10.1.0.2") },
  dns("without its own", .null, ["nameservers": ["9.9.9.9"], "domain": "ipam.example"]),
  dns("with its own", ["nameservers": ["1.1.1.1"]], ["nameservers": ["1.1.1.1"]]),
  dns("with an empty object", [:], ["nameservers": ["9.9.9.9"], "domain": "ipam.example"]),
  dns("with empty lists", ["nameservers": [], "search": []], [:]),
  Case("design", "masquerading is an element of the node's ruleset", [.ptp], reach: .ours("the reference has rules of its own")) {
    b in
    let own: JSONObject = ["ipMasq": true, "ipam": hostLocal("10.1.0.0/24")]
    let result = try b.add(own)
    #expect(try b.node.run("nft", "list", "ruleset").contains("container \(b.pod.id) "))
    try b.check(own, after: result)
    try b.delete(own)
    #expect(try !b.node.run("nft", "list", "ruleset").contains(b.pod.id))
  },
  Case("item 105", "a choice of iptables is refused by name", [.ptp], reach: .ours("the reference can do it")) { b in
    let own: JSONObject = ["ipMasq": true, "ipMasqBackend": "iptables", "ipam": hostLocal("10.1.0.0/24")]
    let answer = try b.call("ADD", own)
    #expect(answer.status == 1 && answer.description.contains("ipMasqBackend"), "\(answer)")
    #expect(try b.pod.namespace.links().isEmpty && b.node.links().isEmpty && b.reserved().isEmpty)
    try b.delete(own)
  },
  Case("item 190", "no masquerading by a choice of its backend", [.ptp]) { b in
    _ = try b.add(["ipMasq": false, "ipMasqBackend": "nftables", "ipam": hostLocal("10.1.0.0/24")])
  },
]

/// The node's side, which the reference does not look at.
private func lost(_ what: String, change: @escaping @Sendable (Bench) throws -> Void) -> Case {
  Case("item 197", "CHECK notices that the node lost \(what)", [.ptp], reach: .ours("the reference looks at the container only"))
  {
    b in
    let own = try b.connected()
    let result = try b.add(own)
    try b.check(own, after: result)
    try change(b)
    try b.refuses("CHECK", own.with("prevResult", result), 999)
  }
}

private func dns(_ what: String, _ own: JSON, _ wanted: JSON) -> Case {
  Case("items 183, 198", "dns is IPAM's unless it has its own: \(what)", [.ptp]) { b in
    let ipam: JSON = [
      "type": "static", "addresses": [["address": "10.1.0.2/24", "gateway": "10.1.0.1"]],
      "dns": ["nameservers": ["9.9.9.9"], "domain": "ipam.example"],
    ]
    let result = try b.add(["dns": own, "ipam": ipam])
    #expect(wanted == [:] ? result["dns"].isNull || result["dns"] == [:] : result["dns"].canonical == wanted.canonical)
  }
}

extension Bench {
  /// The name of the node's only link.
  fileprivate func hostEnd() throws -> String {
    let links = try node.links()
    try #require(links.count == 1)
    return links[0]
  }
}
