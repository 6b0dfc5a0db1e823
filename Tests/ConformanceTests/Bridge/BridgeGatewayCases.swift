import JSON
import TestSupport
import Testing

/// Gateways, default routes and forwarding of the bridge plugin (items 19 and 20).
let bridgeGatewayCases: [Case] = [
  Case("item 19", "isGateway gives the bridge the network's first address, and no route", [.bridge], specs: Spec.allCases) { b in
    _ = try b.add(["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24", "fd01::1/64"])
    #expect(try b.pod.namespace.routes().isEmpty)
  },
  Case("item 19", "isDefaultGateway adds a default route for each family", [.bridge], specs: Spec.allCases) { b in
    let result = try b.add(["bridge": "br0", "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")])
    let wanted: JSON = [["dst": "0.0.0.0/0", "gw": "10.1.0.1"], ["dst": "::/0", "gw": "fd01::1"]]
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["routes"] == [wanted[0]] && result["ip6"]["routes"] == [wanted[1]])
    } else {
      #expect(result["routes"] == wanted)
    }
    #expect(try b.pod.namespace.routes() == ["default via 10.1.0.1 dev eth0", "default via fd01::1 dev eth0"])
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24", "fd01::1/64"])
  },
  Case("item 19", "without isGateway the bridge has no address", [.bridge]) { b in
    let result = try b.add(["bridge": "br0", "ipam": hostLocal("10.1.0.0/24")])
    #expect(try b.node.addresses("br0").isEmpty && b.pod.namespace.routes().isEmpty)
    #expect(result["ips"][0]["gateway"] == "10.1.0.1")
  },
  Case("item 19", "a gateway is found for addresses without one", [.bridge]) { b in
    let result = try b.add(["bridge": "br0", "isGateway": true, "ipam": statically("10.1.2.130/25", "fd01::77/64")])
    #expect(result["ips"].list.map { $0["gateway"] } == ["10.1.2.129", "fd01::1"])
    #expect(try b.node.addresses("br0") == ["10.1.2.129/25", "fd01::1/64"])
  },
  Case("item 19", "the IPAM's gateway is taken", [.bridge]) { b in
    let ipam: JSON = ["type": "host-local", "subnet": "10.1.0.0/24", "gateway": "10.1.0.254"]
    let result = try b.add(["bridge": "br0", "isDefaultGateway": true, "ipam": ipam])
    #expect(result["routes"] == [["dst": "0.0.0.0/0", "gw": "10.1.0.254"]])
    #expect(try b.node.addresses("br0") == ["10.1.0.254/24"])
    #expect(try b.pod.namespace.routes() == ["default via 10.1.0.254 dev eth0"])
  },
  Case("item 19", "an IPAM's default route with a gateway stands", [.bridge]) { b in
    let ipam = hostLocal("10.1.0.0/24", routes: [["dst": "0.0.0.0/0", "gw": "10.1.0.99"]])
    let result = try b.add(["bridge": "br0", "isDefaultGateway": true, "ipam": ipam])
    #expect(result["routes"] == [["dst": "0.0.0.0/0", "gw": "10.1.0.99"]])
    #expect(try b.pod.namespace.routes() == ["default via 10.1.0.99 dev eth0"])
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24"])
  },
  Case("item 19", "IPAM's routes go through the gateway unless they name one", [.bridge]) { b in
    let ipam = hostLocal(
      "10.1.0.0/24", "fd01::/64",
      routes: [
        ["dst": "192.168.0.0/16"], ["dst": "172.16.0.0/12", "gw": "10.1.0.9"], ["dst": "fd77::/64"], ["dst": "0.0.0.0/0"],
      ])
    _ = try b.add(["bridge": "br0", "isGateway": true, "ipam": ipam])
    #expect(
      try b.pod.namespace.routes() == [
        "192.168.0.0/16 via 10.1.0.1 dev eth0", "172.16.0.0/12 via 10.1.0.9 dev eth0", "fd77::/64 via fd01::1 dev eth0",
        "default via 10.1.0.1 dev eth0",
      ])
  },
  Case("item 19", "forwarding is enabled for the families that have a gateway", [.bridge]) { b in
    try b.node.run("sysctl", "-w", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0")
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
    _ = try b.add(own.with("isGateway", false), Pod(ifName: "a"))
    #expect(try b.node.sysctl("net.ipv4.ip_forward") == "0")
    _ = try b.add(own)
    #expect(try b.node.sysctl("net.ipv4.ip_forward") == "1" && b.node.sysctl("net.ipv6.conf.all.forwarding") == "0")
    _ = try b.add(own.with("name", "six").with("ipam", hostLocal("fd01::/64")), Pod())
    #expect(try b.node.sysctl("net.ipv6.conf.all.forwarding") == "1")
  },
  Case("item 19", "Pods reach each other and the gateway", [.bridge]) { b in
    let own: JSONObject = ["bridge": "br0", "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    let other = try Pod()
    _ = try (b.add(own), b.add(own, other))
    for address in ["10.1.0.1", "fd01::1", "10.1.0.3", "fd01::3"] { #expect(try b.pod.namespace.pings(address), "\(address)") }
    #expect(try b.node.pings("10.1.0.2"))
  },

  Case("item 20", "another IPv4 of the bridge is refused, and the address given back", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "10.1.9.1/24", "dev", "br0")
    try b.refuses(
      "ADD", ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")], 999,
      #"failed to set bridge addr: "br0" already has an IP address different from 10.1.0.1/24"#)
    #expect(try b.reserved().isEmpty && b.node.addresses("br0") == ["10.1.9.1/24"])
  },
  Case("design 1", "a refused gateway leaves no link", [.bridge], reach: .ours("the reference leaves the pair")) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "10.1.9.1/24", "dev", "br0")
    try b.refuses("ADD", ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")], 999)
    #expect(try b.node.links() == ["br0"] && b.pod.namespace.links().isEmpty)
  },
  Case("item 20", "forceAddress replaces another IPv4", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "10.1.9.1/24", "dev", "br0")
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "forceAddress": true, "ipam": hostLocal("10.1.0.0/24")]
    _ = try b.add(own)
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24"])
  },
  Case("item 20", "the same address with another prefix length is another address", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "10.1.0.1/16", "dev", "br0")
    try b.refuses(
      "ADD", ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")], 999,
      #"failed to set bridge addr: "br0" already has an IP address different from 10.1.0.1/24"#)
  },
  Case("item 20", "an IPv6 of an overlapping network is refused", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "fd01::9/48", "dev", "br0", "nodad")
    try b.refuses(
      "ADD", ["bridge": "br0", "isGateway": true, "ipam": hostLocal("fd01::/64")], 999,
      #"failed to set bridge addr: "br0" already has an IP address different from fd01::1/64"#)
  },
  Case("item 20", "an IPv6 of another network is added", [.bridge]) { b in
    try b.node.run("ip", "link", "add", "br0", "type", "bridge")
    try b.node.run("ip", "address", "add", "fd02::1/64", "dev", "br0", "nodad")
    _ = try b.add(["bridge": "br0", "isGateway": true, "ipam": hostLocal("fd01::/64")])
    #expect(try Set(b.node.addresses("br0")) == ["fd01::1/64", "fd02::1/64"])
  },
  Case("item 20", "a second Pod finds the gateway there", [.bridge]) { b in
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    _ = try (b.add(own), b.add(own, Pod()))
    #expect(try b.node.addresses("br0") == ["10.1.0.1/24", "fd01::1/64"])
  },
]
