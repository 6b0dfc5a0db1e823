import JSON
import TestSupport
import Testing

/// CHECK of interface plugins: every change that it must notice (items 34 and 38).
let checkCases: [Case] = [
  Case("spec 2, CHECK", "CHECK right after ADD says nothing", [.bridge, .macvlan, .ptp], specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.check(own, after: result)
    try b.check(own, after: result)
  },
  Case("item 34", "without prevResult", [.bridge], specs: Spec.withCheck) { b in
    let own = try b.checked()
    _ = try b.add(own)
    try b.refuses("CHECK", own, 999, "Required prevResult missing")
  },
  Case("item 38", "without prevResult", [.macvlan], specs: Spec.withCheck, reach: .since("1.2.0")) { b in
    let own = try b.checked()
    _ = try b.add(own)
    try b.refuses("CHECK", own, 999, "required prevResult missing")
  },
  Case("item 34", "IPAM's CHECK comes before prevResult", [.bridge, .macvlan, .ptp], specs: [.v040, .v100]) { b in
    try b.refuses("CHECK", b.checked(), 999, "host-local: Failed to find address added by container \(b.pod.id)")
  },
  Case("spec 2, CHECK", "what a later plugin adds is no error", [.bridge, .macvlan, .ptp], specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.pod.namespace.run("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
    try b.pod.namespace.run("ip", "route", "add", "198.51.100.0/24", "dev", "eth0")
    try b.pod.namespace.run("ip", "link", "set", "eth0", "mtu", "1400")
    try b.check(own, after: result)
  },
  Case("spec 2, CHECK", "CHECK after DEL fails", [.bridge, .macvlan, .ptp], specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.delete(own)
    try b.refuses("CHECK", own.with("prevResult", result), 999)
  },

  Case(
    "spec 2, CHECK", "a runtime may drop what its version does not know of a route", [.bridge, .macvlan], specs: [.v040, .v100],
    reach: .ours("the reference looks into the main table only")
  ) { b in
    try b.prepare()
    let ipam: JSON = [
      "type": "static", "addresses": [["address": "10.1.0.2/24", "gateway": "10.1.0.1"]],
      "routes": [["dst": "10.5.0.0/16", "table": 100, "mtu": 1400], ["dst": "169.254.1.1/32", "scope": 253]],
    ]
    let own = b.plain.with("ipam", ipam)
    let result = try b.add(own)
    try b.check(own, after: result)
    var poor = try #require(result.object)
    poor["routes"] = .array(result["routes"].list.map { ["dst": $0["dst"]] })
    try b.check(own, after: .object(poor))
    try b.pod.namespace.run("ip", "route", "flush", "table", "100")
    try b.refuses("CHECK", own.with("prevResult", .object(poor)), 999)
  },

  tampered("the container's link is gone") { b in try b.pod.namespace.run("ip", "link", "delete", "eth0") },
  tampered("the container's link is another kind's") { b in
    try b.pod.namespace.run("ip", "link", "delete", "eth0")
    try b.pod.namespace.run("ip", "link", "add", "eth0", "type", "bridge")
  },
  tampered("the container's MAC changed") { b in
    try b.pod.namespace.run("ip", "link", "set", "eth0", "address", "02:00:00:00:00:66")
  },
  tampered("the address is gone") { b in try b.pod.namespace.run("ip", "address", "delete", "10.1.0.2/24", "dev", "eth0") },
  tampered("the address has another prefix length") { b in
    try b.pod.namespace.run("ip", "address", "delete", "10.1.0.2/24", "dev", "eth0")
    try b.pod.namespace.run("ip", "address", "add", "10.1.0.2/25", "dev", "eth0")
    try b.pod.namespace.run("ip", "route", "replace", "192.168.0.0/16", "via", "10.1.0.9", "dev", "eth0", "onlink")
  },
  tampered("the IPv6 address is gone") { b in try b.pod.namespace.run("ip", "address", "delete", "fd01::2/64", "dev", "eth0") },
  tampered("a route is gone") { b in try b.pod.namespace.run("ip", "route", "delete", "192.168.0.0/16") },
  tampered("a route has another gateway") { b in
    try b.pod.namespace.run("ip", "route", "replace", "192.168.0.0/16", "via", "10.1.0.77", "dev", "eth0", "onlink")
  },
  tampered("the reservation is gone") { b in try Command("rm", "-rf", "\(b.dataDir)/net1").require() },
  tampered("the bridge is gone", [.bridge]) { b in try b.node.run("ip", "link", "delete", "br0") },
  tampered("the bridge's MAC changed", [.bridge]) { b in
    try b.node.run("ip", "link", "set", "br0", "address", "02:00:00:00:00:66")
  },
  tampered("the bridge is another kind's", [.bridge]) { b in
    try b.node.run("ip", "link", "delete", "br0")
    try b.makeMaster("br0")
  },
  Case(
    "item 22", "the bridge may be promiscuous for another reason", [.bridge], specs: Spec.withCheck,
    reach: .ours("CHECK of the reference fails right after an ADD on a bridge that was promiscuous before")
  ) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "link", "set", "br0", "promisc", "on")
    let own = try b.checked()
    try b.check(own, after: b.add(own))
  },
  tampered("the port left the bridge", [.bridge]) { b in try b.node.run("ip", "link", "set", b.port(), "nomaster") },
  tampered("the port went to another bridge", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br1", "type", "bridge")
    try b.node.run("ip", "link", "set", b.port(), "master", "br1")
  },
  Case(
    "item 34", "the port's MAC is set from the start, and nobody minds another one", [.bridge, .ptp], specs: Spec.withCheck,
    reach: .ours("the reference leaves the MAC to systemd-udevd, and its CHECK then fails")
  ) { b in
    let own = try b.checked()
    let result = try b.add(own)
    let port = try b.node.links().first { $0.hasPrefix("veth") } ?? ""
    // 3 is NET_ADDR_SET: systemd-udevd leaves it.
    #expect(
      try b.node.run("unshare", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && cat /sys/class/net/\(port)/addr_assign_type")
        == "3\n")
    try b.node.run("ip", "link", "set", port, "address", "02:00:00:00:00:66")
    try b.check(own, after: result)
  },
  tampered("the port has another name", [.bridge]) { b in
    let port = try b.port()
    try b.node.run("ip", "link", "set", port, "down")
    try b.node.run("ip", "link", "set", port, "name", "renamed")
    try b.node.run("ip", "link", "set", "renamed", "up")
  },
  tampered("the mode changed", [.macvlan]) { b in
    try b.pod.namespace.run("ip", "link", "set", "eth0", "type", "macvlan", "mode", "vepa")
  },

  misreported("another sandbox", [.bridge, .macvlan, .ptp]) { result, b in
    result.text().replacing(b.pod.namespace.path, with: "/run/netns/other")
  },
  misreported("no container interface", [.bridge, .macvlan, .ptp]) { result, b in
    result.text().replacing("\"eth0\"", with: "\"eth9\"")
  },
  misreported("another MAC of the container", [.bridge, .macvlan, .ptp]) { result, b in
    result.text().replacing(b.pod.namespace.link("eth0")["address"].text, with: "02:00:00:00:00:66")
  },
  misreported("another address", [.bridge, .macvlan, .ptp]) { result, b in
    result.text().replacing("10.1.0.2/24", with: "10.1.0.3/24")
  },
  misreported("another route", [.bridge, .macvlan, .ptp]) { result, b in
    result.text().replacing("192.168.0.0/16", with: "192.168.0.0/17")
  },
  misreported("another MAC of the bridge", [.bridge]) { result, b in
    result.text().replacing(b.node.link("br0")["address"].text, with: "02:00:00:00:00:66")
  },
  misreported("no bridge", [.bridge]) { result, b in result.text().replacing("\"br0\"", with: "\"br9\"") },
  Case("item 22", "CHECK notices that the bridge should be promiscuous", [.bridge], specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.refuses("CHECK", own.with("promiscMode", true).with("prevResult", result), 999)
  },
  Case("item 22", "CHECK of a promiscuous bridge", [.bridge], specs: Spec.withCheck) { b in
    let own = try b.checked().with("promiscMode", true)
    let result = try b.add(own)
    try b.check(own, after: result)
    try b.node.run("ip", "link", "set", "br0", "promisc", "off")
    try b.refuses("CHECK", own.with("prevResult", result), 999)
  },
  Case("item 38", "CHECK compares the mode with the configuration", [.macvlan], specs: Spec.withCheck, reach: .since("1.2.0")) {
    b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.refuses(
      "CHECK", own.with("mode", "private").with("prevResult", result), 999,
      "container macvlan mode bridge does not match expected value: private")
  },
]

/// A change in the kernel or on disk between ADD and CHECK.
private func tampered(
  _ what: String, _ plugins: [Plugin] = [.bridge, .macvlan, .ptp], change: @escaping @Sendable (Bench) throws -> Void
) -> Case {
  Case("spec 2, CHECK", "CHECK notices that \(what)", plugins, specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    try b.check(own, after: result)
    try change(b)
    try b.refuses("CHECK", own.with("prevResult", result), 999)
  }
}

/// A prevResult that is not what ADD answered.
private func misreported(
  _ what: String, _ plugins: [Plugin], change: @escaping @Sendable (JSON, Bench) throws -> String
) -> Case {
  Case("spec 2, CHECK", "CHECK notices \(what) in prevResult", plugins, specs: Spec.withCheck) { b in
    let own = try b.checked()
    let result = try b.add(own)
    let changed = try JSON(parsing: change(result, b))
    #expect(changed != result)
    try b.refuses("CHECK", own.with("prevResult", changed), 999)
  }
}

extension Bench {
  /// A configuration with addresses of both families, a gateway and a route.
  fileprivate func checked() throws -> JSONObject {
    try prepare()
    let ipam = hostLocal("10.1.0.0/24", "fd01::/64", routes: [["dst": "192.168.0.0/16", "gw": "10.1.0.9"]])
    return plugin == .bridge ? plain.with("isGateway", true).with("ipam", ipam) : plain.with("ipam", ipam)
  }
}
