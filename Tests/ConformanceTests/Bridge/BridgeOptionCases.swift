import JSON
import TestSupport
import Testing

/// The bridge plugin's other keys (items 10, 22 to 30, 33).
let bridgeOptionCases: [Case] = [
  Case("item 22", "hairpinMode is the port's", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "hairpinMode": true])
    #expect(try b.portFlags()["hairpin"] == true)
  },
  Case("item 22", "hairpin is off by default", [.bridge]) { b in
    _ = try b.add(["bridge": "br0"])
    #expect(try b.portFlags()["hairpin"] == false)
  },
  Case("item 22", "promiscMode makes the bridge promiscuous", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "promiscMode": true])
    #expect(b.node.link("br0")["promiscuity"] == 1 && b.node.link("br0")["flags"].list.contains("PROMISC"))
  },
  Case("item 22", "a bridge is not promiscuous by default", [.bridge]) { b in
    _ = try b.add(["bridge": "br0"])
    #expect(b.node.link("br0")["promiscuity"] == 0)
  },
  Case("item 22", "hairpin and promiscuous are refused together, before anything is made", [.bridge], reach: .since("1.2.0")) {
    b in
    try b.refuses(
      "ADD", ["bridge": "br0", "hairpinMode": true, "promiscMode": true, "ipam": hostLocal("10.1.0.0/24")], 999,
      "cannot set hairpin mode and promiscuous mode at the same time")
    #expect(try b.node.links().isEmpty && b.reserved().isEmpty)
  },
  Case("item 24", "portIsolation is the port's", [.bridge], reach: .since("1.6.0")) { b in
    _ = try b.add(["bridge": "br0", "portIsolation": true])
    #expect(try b.portFlags()["isolated"] == true)
  },
  Case("item 24", "isolated ports do not reach each other", [.bridge], reach: .since("1.6.0")) { b in
    let own: JSONObject = ["bridge": "br0", "isGateway": true, "portIsolation": true, "ipam": hostLocal("10.1.0.0/24")]
    let other = try Pod()
    _ = try (b.add(own), b.add(own, other))
    let reaches = try b.pod.namespace.pings("10.1.0.3", seconds: 1)
    #expect(try b.pod.namespace.pings("10.1.0.1") && !reaches)
  },
  Case("item 24", "portIsolation is off by default", [.bridge]) { b in
    _ = try b.add(["bridge": "br0"])
    #expect(try b.portFlags()["isolated"] == false)
  },
  Case("item 25", "disableContainerInterface leaves the container's link down", [.bridge], reach: .since("1.5.0")) { b in
    let result = try b.add(["bridge": "br0", "disableContainerInterface": true])
    #expect(!b.pod.namespace.link("eth0")["flags"].list.contains("UP") && result["interfaces"].list.count == 3)
    #expect(try b.pod.namespace.addresses("eth0") { _ in true }.isEmpty)
  },
  Case("item 25", "disableContainerInterface and IPAM are refused together", [.bridge], reach: .since("1.5.0")) { b in
    try b.refuses(
      "ADD", ["bridge": "br0", "disableContainerInterface": true, "ipam": hostLocal("10.1.0.0/24")], 999,
      "cannot use IPAM when DisableContainerInterface flag is set")
  },

  mac("CNI_ARGS", [:], "02:00:00:00:00:01", args: "MAC=02:00:00:00:00:01"),
  mac("args.cni.mac", ["args": ["cni": ["mac": "02:00:00:00:00:02"]]], "02:00:00:00:00:02"),
  mac("runtimeConfig.mac", ["runtimeConfig": ["mac": "02:00:00:00:00:03"]], "02:00:00:00:00:03"),
  mac(
    "args.cni.mac before CNI_ARGS", ["args": ["cni": ["mac": "02:00:00:00:00:02"]]], "02:00:00:00:00:02",
    args: "MAC=02:00:00:00:00:01"),
  mac(
    "runtimeConfig.mac before all",
    ["runtimeConfig": ["mac": "02:00:00:00:00:03"], "args": ["cni": ["mac": "02:00:00:00:00:02"]]], "02:00:00:00:00:03",
    args: "MAC=02:00:00:00:00:01"),
  mac("CNI_ARGS among a runtime's", [:], "02:00:00:00:00:01", args: "IgnoreUnknown=1;K8S_POD_NAME=x;MAC=02:00:00:00:00:01"),
  mac("upper case", ["runtimeConfig": ["mac": "02:00:00:AA:BB:CC"]], "02:00:00:aa:bb:cc"),
  Case("item 23", "a bad MAC is refused and leaves nothing", [.bridge]) { b in
    let answer = try b.call("ADD", ["bridge": "br0", "runtimeConfig": ["mac": "02:00"], "ipam": hostLocal("10.1.0.0/24")])
    #expect(answer.status == 1 && answer.description.contains("02:00"))
    #expect(try b.pod.namespace.links().isEmpty && b.reserved().isEmpty)
  },
  Case("item 10", "mac in lower case is no key of CNI_ARGS", [.bridge, .macvlan]) { b in
    try b.prepare()
    try b.refuses("ADD", b.plain, 999, #"ARGS: unknown args ["mac=02:00:00:00:00:01"]"#) { $0.args = "mac=02:00:00:00:00:01" }
  },

  vlan(["vlan": 5000], "invalid VLAN ID 5000 (must be between 0 and 4094)"),
  vlan(["vlan": 4095], "invalid VLAN ID 4095 (must be between 0 and 4094)"),
  vlan(["vlan": -1], "invalid VLAN ID -1 (must be between 0 and 4094)"),
  vlan(["vlanTrunk": [["id": 5000]]], "incorrect trunk id parameter"),
  vlan(["vlanTrunk": [["id": -1]]], "incorrect trunk id parameter"),
  vlan(["vlanTrunk": [["minID": -1, "maxID": 5]]], "incorrect trunk minID parameter"),
  vlan(["vlanTrunk": [["minID": 1, "maxID": 4095]]], "incorrect trunk maxID parameter"),
  vlan(["vlanTrunk": [["minID": 9, "maxID": 5]]], "minID is greater than maxID in trunk parameter"),
  vlan(["vlanTrunk": [["minID": 9]]], "minID and maxID should be configured simultaneously, maxID is missing"),
  vlan(["vlanTrunk": [["maxID": 9]]], "minID and maxID should be configured simultaneously, minID is missing"),
  Case("item 26", "vlan 0 is no VLAN", [.bridge]) { b in
    _ = try b.add(["bridge": "br0", "vlan": 0, "vlanTrunk": .null])
    #expect(b.node.link("br0")["linkinfo"]["info_data"]["vlan_filtering"] == 0)
  },

  dns("without its own", .null, ["nameservers": ["9.9.9.9"], "domain": "ipam"]),
  dns("with an empty one", [:], ["nameservers": ["9.9.9.9"], "domain": "ipam"]),
  dns("with one of its own", ["nameservers": ["1.1.1.1"]], ["nameservers": ["1.1.1.1"]]),
  dns("with a domain of its own", ["domain": "own"], ["domain": "own"]),
  dns("with empty search", ["search": []], [:]),

  Case(
    "item 30; item 29", "ipMasq and macspoofchk work, or are refused by name and leave nothing", [.bridge],
    reach: .ours("the reference needs iptables")
  ) { b in
    for key in ["ipMasq", "macspoofchk"] {
      let own: JSONObject = ["bridge": "br0", "isGateway": true, "ipam": hostLocal("10.1.0.0/24")]
      let pod = try Pod()
      let answer = try b.call("ADD", own.with(key, true), pod)
      if answer.succeeded {
        #expect(try b.node.run("nft", "list", "ruleset").contains(pod.id), "\(key)")
        try b.delete(own.with(key, true), pod)
        #expect(try !b.node.run("nft", "list", "ruleset").contains(pod.id), "\(key)")
      } else {
        let error = try answer.error()
        #expect(error.code == 2 && error.text.contains(key))
        #expect(try pod.namespace.links().isEmpty && b.reserved().isEmpty)
      }
    }
  },
]

private func mac(_ how: String, _ own: JSONObject, _ mac: JSON, args: String? = nil) -> Case {
  Case("item 23", "the MAC of \(how)", [.bridge]) { b in
    let result = try b.add(own.with("bridge", "br0")) { $0.args = args }
    #expect(b.pod.namespace.link("eth0")["address"] == mac && result["interfaces"][2]["mac"] == mac)
  }
}

private func vlan(_ own: JSONObject, _ text: String) -> Case {
  let reach: Case.Reach = own["vlanTrunk"] == nil ? .everyone : .since("1.3.0")
  return Case(
    "item 28", "\(JSON.object(own).text()) is refused on ADD and DEL, before anything is touched", [.bridge], reach: reach
  ) {
    b in
    for command in ["ADD", "DEL"] { try b.refuses(command, own.with("bridge", "br0"), 999, text) }
    #expect(try b.node.links().isEmpty)
  }
}

private func dns(_ what: String, _ own: JSON, _ wanted: JSON) -> Case {
  let reach: Case.Reach = own == .null || own == [:] ? .since("1.2.0") : .everyone
  return Case("item 33", "dns \(what)", [.bridge], reach: reach) { b in
    let ipam: JSON = [
      "type": "static", "addresses": [["address": "10.1.0.2/24"]], "dns": ["nameservers": ["9.9.9.9"], "domain": "ipam"],
    ]
    let result = try b.add(["bridge": "br0", "dns": own, "ipam": ipam])
    #expect(wanted == [:] ? result["dns"].isNull || result["dns"] == [:] : result["dns"] == wanted)
  }
}
