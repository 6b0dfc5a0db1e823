import JSON
import TestSupport
import Testing

/// The bridge plugin's results, and the objects that it makes (items 1, 15 to 17, 21).
let bridgeResultCases: [Case] = [
  Case("item 15; spec 5", "the result and the kernel agree", [.bridge], specs: Spec.allCases) { b in
    let result = try b.add(["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    let port = try b.port()
    #expect(try b.node.links().sorted() == ["br0", port].sorted() && port.hasPrefix("veth"))
    #expect(try b.pod.namespace.links() == ["eth0"])
    #expect(try b.pod.namespace.addresses("eth0") == ["10.1.0.2/24", "fd01::2/64"])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "10.1.0.2/24" && result["ip4"]["gateway"] == "10.1.0.1")
      #expect(result["ip6"]["ip"] == "fd01::2/64" && result["ip6"]["gateway"] == "fd01::1")
      return
    }
    let interfaces = result["interfaces"].list
    #expect(interfaces.map { $0["name"].text } == ["br0", port, "eth0"])
    #expect(interfaces.map { $0["sandbox"].text } == ["", "", b.pod.namespace.path])
    #expect(
      interfaces.map { $0["mac"] } == [
        b.node.link("br0")["address"], b.node.link(port)["address"], b.pod.namespace.link("eth0")["address"],
      ])
    #expect(result["ips"].list.map { $0["interface"] } == [2, 2])
    #expect(result["ips"].list.map { $0["address"] } == ["10.1.0.2/24", "fd01::2/64"])
    #expect(result["ips"].list.map { $0["gateway"] } == ["10.1.0.1", "fd01::1"])
  },
  Case("item 1", "the text has no blank before a colon, and 4 blanks of indentation", [.bridge], specs: Spec.allCases) { b in
    let text = try b.call("ADD", ["bridge": "br0", "ipam": statically("10.1.0.2/24")]).output.stdout
    #expect(!text.contains("\" :") && text.hasPrefix("{\n    \"cniVersion\": \"\(b.spec.rawValue)\""))
    let keys = Spec.flat.contains(b.spec) ? [#""ip4":"#, #""ip":"#] : [#""interfaces":"#, #""ips":"#]
    for key in keys { #expect(text.contains(key)) }
    #expect(text.contains(#""version":"#) == (b.spec >= .v030 && b.spec < .v100))
  },
  Case("item 14", "an empty dns is printed before 1.0.0 only", [.bridge], specs: Spec.allCases, reach: .since("1.4.0")) { b in
    let text = try b.call("ADD", ["bridge": "br0", "ipam": statically("10.1.0.2/24")]).output.stdout
    #expect(text.contains(#""dns": {}"#) == (b.spec < .v100), "\(text)")
  },
  Case("spec 5", "interfaces tell their MTU", [.bridge], specs: [.v110]) { b in
    let result = try b.add(["bridge": "br0", "mtu": 1400])
    #expect(result["interfaces"].list.map { $0["mtu"] } == [1400, 1400, 1400])
  },
  Case("item 15", "the pair: up, in the bridge, each the other's peer", [.bridge]) { b in
    _ = try b.add(["bridge": "br0"])
    let (port, own) = (b.node.link(try b.port()), b.pod.namespace.link("eth0"))
    #expect(port["master"] == "br0" && port["flags"].list.contains("UP") && own["flags"].list.contains("UP"))
    #expect(port["link_index"] == own["ifindex"] && own["link_index"] == port["ifindex"])
    #expect(port["linkinfo"]["info_kind"] == "veth" && own["linkinfo"]["info_kind"] == "veth")
    #expect(b.node.link("br0")["flags"].list.contains("UP"))
  },
  Case("item 16", "the port forwards when ADD returns", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "ipam": hostLocal("fd01::/64")])
    let port = b.node.link(try b.port())
    #expect(port["operstate"] == "UP" && port["linkinfo"]["info_slave_data"]["state"] == "forwarding")
  },
  Case("item 16", "no address of IPAM is tentative when ADD returns, and there is one of the link", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    let all = try b.pod.namespace.json(.ip, "address", "show", "dev", "eth0")[0]["addr_info"].list
    // The link-local address may still be tentative: the kernel removes the mark a moment later, even without looking for duplicates.
    #expect(all.contains { $0["scope"] == "link" } && !all.contains { $0["tentative"] == true && $0["scope"] != "link" })
  },
  Case("item 16", "accept_dad is 0 unless enabledad says otherwise", [.bridge]) { b in
    let key = "net.ipv6.conf.eth0.accept_dad"
    _ = try b.add(["bridge": "br0", "ipam": hostLocal("fd01::/64")])
    #expect(try b.pod.namespace.sysctl(key) == "0")
    let other = try Pod()
    _ = try b.add(["bridge": "br0", "enabledad": true, "ipam": hostLocal("fd01::/64")], other)
    #expect(try other.namespace.sysctl(key) == "1")
  },
  Case("item 21", "the bridge is cni0 by default", [.bridge]) { b in
    let result = try b.add([:])
    #expect(result["interfaces"][0]["name"] == "cni0" && b.node.link("cni0")["linkinfo"]["info_kind"] == "bridge")
  },
  Case("item 21", "an existing bridge is used as it is", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "address", "02:00:00:00:00:77", "type", "bridge")
    let before = b.node.link("br0")
    let result = try b.add(["bridge": "br0"])
    #expect(b.node.link("br0")["ifindex"] == before["ifindex"])
    #expect(result["interfaces"][0]["mac"] == "02:00:00:00:00:77" && b.node.link("br0")["flags"].list.contains("UP"))
  },
  Case("item 21", "what is no bridge is refused", [.bridge]) { b in
    try b.makeMaster("br0")
    try b.refuses("ADD", ["bridge": "br0"], 999, #"failed to create bridge "br0": "br0" already exists but is not a bridge"#)
    #expect(try b.node.links().sorted() == ["br0", "lan0"] && b.pod.namespace.links().isEmpty)
  },
  Case("item 17", "a gateway's bridge keeps its MAC when ports come and go", [.bridge]) { b in
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    let mac = try b.add(own)["interfaces"][0]["mac"]
    #expect(mac == b.node.link("br0")["address"])
    for address in ["02:00:00:00:00:01", "fe:00:00:00:00:01"] {
      let pod = try Pod()
      let result = try b.add(own.with("runtimeConfig", ["mac": .string(address)]), pod)
      #expect(result["interfaces"][0]["mac"] == mac && b.node.link("br0")["address"] == mac)
      try b.delete(own, pod)
    }
    try b.delete(own)
    #expect(b.node.link("br0")["address"] == mac)
  },
  Case("item 18", "a bridge that lost its last port can be a gateway again", [.bridge], reach: .ours("an upstream bug")) { b in
    let plain: JSONObject = ["bridge": "br0", "ipam": hostLocal("10.1.0.0/24")]
    for own in [plain, plain.with("isGateway", true), plain.with("isGateway", true)] {
      _ = try b.add(own)
      try b.delete(own)
    }
    #expect(b.node.link("br0")["address"] != "00:00:00:00:00:00")
  },
  Case("item 3", "without ipam, or with an empty one, it is a layer 2 network", [.bridge], specs: [.v030, .v040, .v100, .v110]) {
    b in
    for own in [["bridge": "br0"], ["bridge": "br0", "ipam": [:]], ["bridge": "br0", "ipam": .null]] as [JSONObject] {
      let pod = try Pod()
      let result = try b.add(own, pod)
      #expect(result["interfaces"].list.count == 3 && result["ips"].list.isEmpty)
      #expect(pod.namespace.link("eth0")["flags"].list.contains("UP"))
      #expect(try pod.namespace.addresses("eth0").isEmpty)
      try b.delete(own, pod)
    }
  },
  Case("item 15", "a second interface of the same container", [.bridge]) { b in
    let own: JSONObject = ["bridge": "br0", "ipam": hostLocal("10.1.0.0/24")]
    let other = Pod(of: b.pod, ifName: "net1")
    _ = try (b.add(own), b.add(own, other))
    #expect(try b.pod.namespace.links().sorted() == ["eth0", "net1"])
    try b.delete(own, other)
    #expect(try b.pod.namespace.links() == ["eth0"] && b.reserved() == ["10.1.0.2"])
  },
  Case("item 15", "the MTU is the pair's and a new bridge's", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "mtu": 1400])
    #expect(b.node.link("br0")["mtu"] == 1400 && b.pod.namespace.link("eth0")["mtu"] == 1400)
    #expect(b.node.link(try b.port())["mtu"] == 1400)
  },
]

extension Bench {
  /// The name of the only port of the bridge.
  func port(of bridge: String = "br0") throws -> String {
    let ports = try node.json(.ip, "link", "show", "master", bridge).list
    try #require(ports.count == 1)
    return ports[0]["ifname"].text
  }

  /// The kernel's flags of that port.
  func portFlags(of bridge: String = "br0") throws -> JSON {
    node.link(try port(of: bridge))["linkinfo"]["info_slave_data"]
  }
}
