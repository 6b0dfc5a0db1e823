import JSON
import TestSupport
import Testing

/// host-local's requested addresses, CNI_ARGS and resolv.conf.
let requestCases: [Case] = [
  requested("by CNI_ARGS", [:], "IP=10.0.0.9"),
  requested("by CNI_ARGS with a prefix", [:], "IP=10.0.0.9/24"),
  requested("by CNI_ARGS among a runtime's", [:], "IgnoreUnknown=1;K8S_POD_NAME=a;IP=10.0.0.9"),
  requested("by args.cni.ips", ["args": ["cni": ["ips": ["10.0.0.9"]]]]),
  requested("by args.cni.ips with a prefix", ["args": ["cni": ["ips": ["10.0.0.9/24"]]]]),
  requested("by runtimeConfig.ips", ["runtimeConfig": ["ips": ["10.0.0.9"]]]),
  requested("by runtimeConfig.ips with a prefix", ["runtimeConfig": ["ips": ["10.0.0.9/24"]]]),
  requested("twice the same", ["args": ["cni": ["ips": ["10.0.0.9"]]], "runtimeConfig": ["ips": ["10.0.0.9"]]]),
  requested("with empty lists beside it", ["args": ["cni": ["ips": []]], "runtimeConfig": ["ips": ["10.0.0.9"]]]),

  Case("item 44", "one address for each set, in any order", [.hostLocal]) { b in
    let result = try b.add([
      "runtimeConfig": ["ips": ["fd00::9"]], "args": ["cni": ["ips": ["10.0.0.9"]]],
      "ipam": hostLocal("10.0.0.0/24", "fd00::/64"),
    ])
    #expect(result["ips"].list.map { $0["address"] } == ["10.0.0.9/24", "fd00::9/64"])
  },
  Case("item 44", "a set without a request chooses by itself", [.hostLocal]) { b in
    let result = try b.add(["runtimeConfig": ["ips": ["fd00::9"]], "ipam": hostLocal("10.0.0.0/24", "fd00::/64")])
    #expect(result["ips"].list.map { $0["address"] } == ["10.0.0.2/24", "fd00::9/64"])
  },
  Case("item 44", "an address outside the sets fails and leaves nothing", [.hostLocal]) { b in
    try b.refuses(
      "ADD", ["runtimeConfig": ["ips": ["10.0.1.1"]], "ipam": hostLocal("10.0.0.0/24")], 999,
      "failed to allocate all requested IPs: 10.0.1.1")
    #expect(try b.reservations().isEmpty)
  },
  Case("item 44", "an address outside the range fails and leaves nothing", [.hostLocal]) { b in
    let ipam: JSON = ["type": "host-local", "subnet": "10.0.0.0/24", "rangeStart": "10.0.0.10", "rangeEnd": "10.0.0.20"]
    try b.refuses(
      "ADD", ["runtimeConfig": ["ips": ["10.0.0.7"]], "ipam": ipam], 999,
      "failed to allocate all requested IPs: 10.0.0.7")
    #expect(try b.reservations().isEmpty)
  },
  Case("item 44", "the gateway cannot be requested", [.hostLocal]) { b in
    try b.refuses(
      "ADD", ["runtimeConfig": ["ips": ["10.0.0.1"]], "ipam": hostLocal("10.0.0.0/24")], 999,
      "failed to allocate for range 0: requested ip 10.0.0.1 is subnet's gateway")
  },
  Case("item 44", "an address that is taken cannot be requested", [.hostLocal]) { b in
    try b.directory.write("networks/net1/10.0.0.9", "someone\r\neth0")
    try b.refuses(
      "ADD", ["runtimeConfig": ["ips": ["10.0.0.9"]], "ipam": hostLocal("10.0.0.0/24")], 999,
      "failed to allocate for range 0: requested IP address 10.0.0.9 is not available in range set 10.0.0.1-10.0.0.254")
    #expect(try b.reservations().count == 1)
  },
  Case("item 44", "what is no address is refused", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    try b.refuses("ADD", own.with("runtimeConfig", ["ips": ["bogus"]]), 999, "invalid IP address bogus")
    try b.refuses("ADD", own, 999, #"ARGS: error parsing value of pair "IP=bogus": invalid IP address bogus"#) {
      $0.args = "IP=bogus"
    }
  },

  args("FOO=bar", #"ARGS: unknown args ["FOO=bar"]"#),
  args("ip=10.0.0.9", #"ARGS: unknown args ["ip=10.0.0.9"]"#),
  args("FOO", #"ARGS: invalid pair "FOO""#),
  args("FOO=a=b", #"ARGS: invalid pair "FOO=a=b""#),
  args(
    "FOO=bar;IgnoreUnknown=maybe",
    #"ARGS: error parsing value of pair "IgnoreUnknown=maybe": boolean unmarshal error: invalid input maybe"#),
  args("FOO=bar;IgnoreUnknown=0", #"ARGS: unknown args ["FOO=bar"]"#),
  args("FOO=bar;IgnoreUnknown=1", nil), args("FOO=bar;IgnoreUnknown=true", nil), args("IgnoreUnknown=true", nil),
  args("IgnoreUnknown=TRUE;K8S_POD_NAMESPACE=;K8S_POD_NAME=x", nil),

  resolv("nameserver 10.0.0.53\n", ["nameservers": ["10.0.0.53"]]),
  resolv("nameserver 1.1.1.1\nnameserver fd00::53\n", ["nameservers": ["1.1.1.1", "fd00::53"]]),
  resolv("; nameserver 9.9.9.9\n# search x\n\nsearch a.example b.example\n", ["search": ["a.example", "b.example"]]),
  resolv(
    "search a\nsearch b c\noptions ndots:5\noptions rotate edns0\n",
    ["search": ["a", "b", "c"], "options": ["ndots:5", "rotate", "edns0"]]),
  resolv("domain a.example\ndomain b.example\n", ["domain": "b.example"]),
  resolv("  nameserver\t10.0.0.53   trailing\nnameserver\nsortlist 1.2.3.4\n", ["nameservers": ["10.0.0.53"]]),
  Case("item 46", "a resolv.conf that is not there is an error before anything is taken", [.hostLocal]) { b in
    let ipam: JSON = ["type": "host-local", "subnet": "10.0.0.0/24", "resolvConf": "/proc/nowhere/resolv.conf"]
    try b.refuses("ADD", ["ipam": ipam], 999, "open /proc/nowhere/resolv.conf: no such file or directory")
    #expect(try b.reservations().isEmpty)
    try b.delete(["ipam": ipam])
  },
  Case("item 3", "an empty resolvConf is none", [.hostLocal]) { b in
    let result = try b.add(["ipam": ["type": "host-local", "subnet": "10.0.0.0/24", "resolvConf": "", "routes": .null]])
    #expect(result["ips"][0]["address"] == "10.0.0.2/24")
  },
]

private func requested(_ how: String, _ own: JSONObject, _ args: String? = nil) -> Case {
  Case("item 44", "the address 10.0.0.9 requested \(how)", [.hostLocal]) { b in
    let result = try b.add(own.with("ipam", hostLocal("10.0.0.0/24"))) { $0.args = args }
    #expect(result["ips"] == [["address": "10.0.0.9/24", "gateway": "10.0.0.1"]])
    #expect(try b.file("last_reserved_ip.0") == "10.0.0.9")
  }
}

private func args(_ args: String, _ text: String?) -> Case {
  Case("item 10", "CNI_ARGS \(args) \(text == nil ? "is taken" : "is refused")", [.hostLocal, .static, .bridge, .macvlan]) { b in
    try b.prepare()
    guard let text else {
      _ = try b.add(b.plain) { $0.args = args }
      return try b.delete(b.plain) { $0.args = args }
    }
    // macvlan and bridge only know the key MAC, so they refuse the keys that host-local refuses.
    try b.refuses("ADD", b.plain, 999, text) { $0.args = args }
    #expect(try b.pod.namespace.links().isEmpty)
  }
}

private func resolv(_ text: String, _ dns: JSON) -> Case {
  Case("item 46", "a resolv.conf of \(text.debugDescription)", [.hostLocal]) { b in
    let file = try b.directory.write("resolv.conf", text)
    let result = try b.add(["ipam": ["type": "host-local", "subnet": "10.0.0.0/24", "resolvConf": .string(file)]])
    #expect(result["dns"] == dns)
  }
}
