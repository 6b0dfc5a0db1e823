import JSON
import TestSupport
import Testing

/// VLANs of the bridge plugin (items 15, 26 to 28).
let bridgeVLANCases: [Case] = [
  filtered("vlan is the port's PVID, untagged") { b in
    _ = try b.add(["bridge": "br0", "vlan": 100])
    #expect(b.node.link("br0")["linkinfo"]["info_data"]["vlan_filtering"] == 1)
    #expect(try b.node.vlans(b.port())["100"] == ["Egress Untagged", "PVID"])
  },
  filtered("the port is in no other VLAN", since: "1.4.0") { b in
    _ = try b.add(["bridge": "br0", "vlan": 100])
    #expect(try b.node.vlans(b.port()).keys.sorted() == ["100"])
  },
  filtered("preserveDefaultVlan leaves the port in VLAN 1", since: "1.4.0") { b in
    _ = try b.add(["bridge": "br0", "vlan": 100, "preserveDefaultVlan": true])
    #expect(try b.node.vlans(b.port()) == ["1": ["Egress Untagged"], "100": ["Egress Untagged", "PVID"]])
  },
  filtered("vlanTrunk's VLANs are tagged, VLAN 1 is native", since: "1.4.0") { b in
    _ = try b.add([
      "bridge": "br0", "vlanTrunk": [["id": 20], ["minID": 10, "maxID": 12], ["id": 11]], "preserveDefaultVlan": true,
    ])
    let vlans = try b.node.vlans(b.port())
    #expect(vlans == ["1": ["Egress Untagged", "PVID"], "10": [], "11": [], "12": [], "20": []])
  },
  filtered("vlan and vlanTrunk together", since: "1.7.0") { b in
    _ = try b.add(["bridge": "br0", "vlan": 100, "vlanTrunk": [["id": 20]]])
    #expect(try b.node.vlans(b.port()) == ["20": [], "100": ["Egress Untagged", "PVID"]])
  },
  filtered("only containers of one VLAN reach each other") { b in
    let pods = try (0..<3).map { _ in try Pod() }
    for (i, pod) in pods.enumerated() {
      _ = try b.add(["bridge": "br0", "vlan": JSON(i < 2 ? 100 : 200), "ipam": hostLocal("10.1.0.0/24")], pod)
    }
    #expect(try pods[0].namespace.pings("10.1.0.3"))
    let reaches = try pods[0].namespace.pings("10.1.0.4", seconds: 1)
    #expect(!reaches)
  },
  filtered("the gateway of a VLAN is an interface of its own", since: "1.2.0") { b in
    let own: JSONObject = ["bridge": "br0", "vlan": 100, "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    let result = try b.add(own)
    let gateway = b.node.link("br0.100")
    #expect(gateway["linkinfo"]["info_kind"] == "veth" && gateway["flags"].list.contains("UP"))
    #expect(try b.node.addresses("br0").isEmpty && b.node.addresses("br0.100") == ["10.1.0.1/24", "fd01::1/64"])
    let interfaces = result["interfaces"].list
    #expect(interfaces.map { $0["name"].text }.last == "br0.100" && interfaces.count == 4)
    #expect(interfaces.last?["mac"] == gateway["address"])
    #expect(result["ips"].list.map { $0["interface"] } == [2, 2])
    // The request names the gateway's end. The bridge's port is its peer. The kernel makes the peer first.
    let port = b.node.link(gateway["link"].text)
    #expect(port["master"] == "br0" && port["ifindex"].int == gateway["ifindex"].int.map { $0 - 1 })
    #expect(try b.node.vlans(port["ifname"].text)["100"] == ["Egress Untagged", "PVID"])
    for address in ["10.1.0.1", "fd01::1"] { #expect(try b.pod.namespace.pings(address), "\(address)") }
  },
  filtered("the second container of a VLAN finds its gateway there", since: "1.2.0") { b in
    let own: JSONObject = ["bridge": "br0", "vlan": 100, "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    let other = try Pod()
    _ = try (b.add(own), b.add(own, other))
    try b.delete(own)
    #expect(try b.node.addresses("br0.100") == ["10.1.0.1/24"] && other.namespace.pings("10.1.0.1"))
  },
  filtered("CHECK right after ADD says nothing", specs: Spec.withCheck, since: "1.2.0") { b in
    let own: JSONObject = ["bridge": "br0", "vlan": 100, "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    try b.check(own, after: b.add(own))
  },
  Case(
    "spec 2, CHECK", "CHECK notices that the port left its VLAN", [.bridge], specs: Spec.withCheck,
    reach: .ours("the reference does not look"), needs: [.vlanFiltering]
  ) { b in
    let own: JSONObject = ["bridge": "br0", "vlan": 100, "ipam": hostLocal("10.1.0.0/24")]
    let result = try b.add(own)
    try b.node.run("bridge", "vlan", "delete", "vid", "100", "dev", b.port())
    try b.refuses("CHECK", own.with("prevResult", result), 999)
  },
]

private func filtered(
  _ title: String, specs: [Spec] = [.v100], since: String? = nil, body: @escaping @Sendable (Bench) throws -> Void
) -> Case {
  Case(
    "item 26; item 27", title, [.bridge], specs: specs, reach: since.map(Case.Reach.since) ?? .everyone, needs: [.vlanFiltering],
    body: body)
}

extension ScratchNamespace {
  /// A port's VLANs and their flags, sorted.
  fileprivate func vlans(_ port: String) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for vlan in try json(.bridge, "vlan", "show", "dev", port)[0]["vlans"].list {
      found["\(vlan["vlan"].int ?? -1)"] = vlan["flags"].list.map(\.text).sorted()
    }
    return found
  }
}
