import JSON
import TestSupport
import Testing

/// The loopback plugin (item 49).
let loopbackCases: [Case] = [
  Case("item 49", "ADD sets lo up and tells its addresses", [.loopback], specs: [.v100, .v110]) { b in
    let result = try b.add([:])
    #expect(
      result["interfaces"]
        == [["name": "lo", "mac": "00:00:00:00:00:00", "sandbox": .string(b.pod.namespace.path)]]
        || b.spec == .v110 && result["interfaces"][0]["name"] == "lo" && result["interfaces"][0]["mtu"] == 65536)
    #expect(result["ips"] == [["interface": 0, "address": "127.0.0.1/8"], ["interface": 0, "address": "::1/128"]])
    #expect(b.pod.namespace.link("lo")["flags"].list.contains("UP"))
    #expect(try b.pod.namespace.pings("127.0.0.1") && b.pod.namespace.pings("::1"))
  },
  Case(
    "spec 5", "ADD answers in the configuration's version", [.loopback], specs: Spec.beforeCheck + [.v040],
    reach: .ours("the reference prints the newest form under every version")
  ) { b in
    let result = try b.add([:])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "127.0.0.1/8" && result["ip6"]["ip"] == "::1/128")
    } else {
      #expect(result["ips"].list.map { $0["version"] } == ["4", "6"])
    }
  },
  Case("item 49", "the interface is lo whatever CNI_IFNAME says", [.loopback]) { b in
    let result = try b.add([:], Pod(of: b.pod, ifName: "anything"))
    #expect(result["interfaces"][0]["name"] == "lo" && b.pod.namespace.link("lo")["flags"].list.contains("UP"))
  },
  Case("item 49", "ADD twice is no error", [.loopback]) { b in
    let (first, second) = (try b.add([:]), try b.add([:]))
    #expect(first == second)
  },
  Case("item 49", "an environment of CNI_ variables alone is enough", [.loopback]) { b in
    var call = Command("\(b.executables)/loopback")
    call.environment = [
      "CNI_COMMAND": "ADD", "CNI_CONTAINERID": b.pod.id, "CNI_NETNS": b.pod.namespace.path, "CNI_IFNAME": "lo",
      "CNI_PATH": b.executables,
    ]
    call.input = Array(JSON.object(b.configuration([:])).text().utf8)
    let text = try call.require(in: b.node)
    #expect(text.contains("127.0.0.1/8"))
  },
  Case(
    "spec 2, DEL", "DEL leaves lo as it is", [.loopback], specs: Spec.allCases,
    reach: .ours("the reference sets lo down, even that of another container if the path leads to its namespace by now")
  ) { b in
    _ = try b.call("ADD", [:])
    for _ in 0..<2 {
      try b.delete([:])
      #expect(b.pod.namespace.link("lo")["flags"].list.contains("UP"))
    }
  },
  Case("spec 2, DEL", "DEL without a namespace is no error", [.loopback], specs: Spec.allCases) { b in
    try b.delete([:]) { $0.netns = nil }
    try b.delete([:]) { $0.netns = "" }
    try b.delete([:]) { $0.netns = "/proc/nowhere/netns" }
  },
  Case("spec 2, CHECK", "CHECK sees lo down", [.loopback], specs: [.v100, .v110]) { b in
    let result = try b.add([:])
    try b.check([:], after: result)
    try b.pod.namespace.run("ip", "link", "set", "lo", "down")
    try b.refuses("CHECK", JSONObject().with("prevResult", result), 999, "loopback interface is down")
  },
  Case("item 49", "ADD passes prevResult through", [.loopback], specs: [.v040, .v100, .v110]) { b in
    let ip: JSONObject = ["interface": 0, "address": "10.1.2.3/24", "gateway": "10.1.2.1"]
    let previous: JSON = [
      "cniVersion": .string(b.spec.rawValue), "interfaces": [["name": "x0", "mac": "02:00:00:00:00:01", "sandbox": "/a"]],
      "ips": [.object(b.spec < .v100 ? ip.with("version", "4") : ip)], "routes": [["dst": "0.0.0.0/0", "gw": "10.1.2.1"]],
      "dns": ["nameservers": ["1.1.1.1"]],
    ]
    let result = try b.add(["prevResult": previous])
    for key in ["interfaces", "ips", "routes", "dns"] {
      #expect(result[key].canonical == previous[key].canonical, "\(key)")
    }
  },
  Case("item 14", "a prevResult without a version has the configuration's", [.loopback], specs: [.v031, .v100]) { b in
    let ip: JSONObject = ["interface": 0, "address": "10.1.2.3/24"]
    let result = try b.add([
      "prevResult": [
        "interfaces": [["name": "x0"]], "ips": [.object(b.spec < .v100 ? ip.with("version", "4") : ip)],
      ]
    ])
    #expect(result["ips"][0]["address"] == "10.1.2.3/24" && result["interfaces"][0]["name"] == "x0")
  },
  Case("spec 3", "a prevResult that is none is an error", [.loopback]) { b in
    let bad: [JSON] = [5, "x", [], ["cniVersion": "7.0.0"], ["cniVersion": "1.0.0", "ips": [["address": "bogus"]]], ["ips": 5]]
    for previous in bad {
      let answer = try b.call("ADD", ["prevResult": previous])
      #expect(answer.status == 1, "\(previous)")
    }
  },
  Case("item 3", "a null prevResult is none", [.loopback]) { b in
    let given = try b.add(["prevResult": .null])
    #expect(given["interfaces"][0]["name"] == "lo")
  },
  Case("item 49", "CNI_ARGS may be anything", [.loopback], specs: [.v020, .v040, .v110]) { b in
    for args in ["none", "FOO=1", "=;", "IgnoreUnknown=maybe", "IgnoreUnknown=1;K8S_POD_NAMESPACE=a;K8S_POD_NAME=b"] {
      _ = try b.call("ADD", [:]) { $0.args = args }.result()
      try b.delete([:]) { $0.args = args }
    }
    let result = try b.call("ADD", [:]) { $0.args = "none" }.result()
    guard Spec.withCheck.contains(b.spec) else { return }
    try b.check([:], after: .object(result)) { $0.args = "none" }
  },
  Case("spec 2", "a CNI_NETNS that does not exist or is none fails", [.loopback, .bridge, .macvlan]) { b in
    try b.prepare()
    let file = try b.directory.write("file", "")
    for path in ["/proc/nowhere/netns", file] {
      let answer = try b.call("ADD", b.plain) { $0.netns = path }
      let error = try answer.error()
      #expect([5, 8, 999].contains(error.code) && error.text.contains(path), "\(answer)")
    }
  },
]
