import JSON
import TestSupport
import Testing

/// The static IPAM plugin (items 47 and 48).
let staticCases: [Case] = [
  gives("its addresses", ["ipam": statically("10.0.0.2/24", "fd00::2/64")], ["10.0.0.2/24", "fd00::2/64"]),
  gives(
    "args.cni.ips instead of its addresses", ["args": ["cni": ["ips": ["10.5.0.2/24"]]], "ipam": statically("10.0.0.2/24")],
    ["10.5.0.2/24"]),
  gives(
    "runtimeConfig.ips instead of both",
    [
      "runtimeConfig": ["ips": ["10.6.0.2/24"]], "args": ["cni": ["ips": ["10.5.0.2/24"]]], "ipam": statically("10.0.0.2/24"),
    ], ["10.6.0.2/24"]),
  gives(
    "CNI_ARGS' IP behind its addresses", ["ipam": statically("10.0.0.2/24")], args: "IP=10.0.0.5/24",
    ["10.0.0.2/24", "10.0.0.5/24"]),
  gives("several of CNI_ARGS", ["ipam": ["type": "static"]], args: "IP=10.0.0.5/24,fd00::5/64", ["10.0.0.5/24", "fd00::5/64"]),
  gives(
    "args.cni.ips instead of CNI_ARGS' IP", ["args": ["cni": ["ips": ["10.5.0.2/24"]]], "ipam": ["type": "static"]],
    args: "IP=10.0.0.5/24", ["10.5.0.2/24"]),
  gives(
    "its addresses where the other lists are empty",
    ["runtimeConfig": ["ips": []], "args": ["cni": ["ips": []]], "ipam": statically("10.0.0.2/24")], ["10.0.0.2/24"]),
  gives("no address at all from nothing", ["ipam": ["type": "static"]], []),

  Case("item 48", "a gateway goes with its address, even outside its subnet", [.static], specs: Spec.allCases) { b in
    let ipam: JSON = ["type": "static", "addresses": [["address": "10.0.0.2/24", "gateway": "10.9.9.9"]]]
    let result = try b.add(["ipam": ipam])
    #expect(Spec.flat.contains(b.spec) ? result["ip4"]["gateway"] == "10.9.9.9" : result["ips"][0]["gateway"] == "10.9.9.9")
  },
  Case("item 48", "CNI_ARGS' GATEWAY goes to the address of its subnet", [.static]) { b in
    let result = try b.add(["ipam": statically("10.0.0.2/24")]) {
      $0.args = "IP=10.0.1.5/24,fd00::5/64;GATEWAY=10.0.1.1,fd00::1"
    }
    #expect(result["ips"].list.map { $0["gateway"] } == [.null, "10.0.1.1", "fd00::1"])
  },
  Case("item 48", "routes of the same destination, and host bits in one, are kept", [.static]) { b in
    let routes: JSON = [
      ["dst": "10.1.2.3/16", "gw": "10.0.0.1"], ["dst": "10.1.0.0/16"], ["dst": "0.0.0.0/0"],
      ["dst": "0.0.0.0/0", "gw": "10.0.0.9"],
    ]
    let given = try b.add(["ipam": statically("10.0.0.2/24", routes: routes.list)])
    #expect(given["routes"] == routes)
  },
  Case(
    "spec 5", "routes keep table, scope, priority and metrics in every form with interfaces", [.static, .hostLocal],
    specs: [.v030, .v031, .v040, .v100, .v110], reach: .since("1.6.0")
  ) { b in
    let route: JSON = [
      "dst": "10.9.0.0/16", "gw": "10.0.0.1", "mtu": 1400, "advmss": 1360, "priority": 50, "table": 77, "scope": 0,
    ]
    let onLink: JSON = ["dst": "169.254.1.1/32", "scope": 253]
    let ipam =
      b.plugin == .static
      ? statically("10.0.0.2/24", routes: [route, onLink]) : hostLocal("10.0.0.0/24", routes: [route, onLink])
    let result = try b.add(["ipam": ipam])
    #expect(result["routes"].list.map(\.canonical) == [route.canonical, onLink.canonical])
  },
  Case("spec 5", "dns is passed on whole", [.static], specs: Spec.allCases) { b in
    let dns: JSON = [
      "nameservers": ["1.1.1.1", "fd00::53"], "domain": "d.example", "search": ["a", "b"], "options": ["ndots:2"],
    ]
    let given = try b.add(["ipam": ["type": "static", "addresses": [["address": "10.0.0.2/24"]], "dns": dns]])
    #expect(given["dns"] == dns)
  },
  Case("spec 5", "an address of each family in every version", [.static], specs: Spec.allCases) { b in
    let result = try b.add(["ipam": statically("10.0.0.2/24", "fd00::2/64")])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "10.0.0.2/24" && result["ip6"]["ip"] == "fd00::2/64")
    } else {
      let versions = result["ips"].list.map { $0["version"] }
      #expect(versions == (b.spec < .v100 ? ["4", "6"] : [.null, .null]))
    }
  },
  Case("item 5; item 13", "two addresses of a family need 0.3.0", [.static], specs: Spec.flat) { b in
    try b.refuses(
      "ADD", ["ipam": statically("10.0.0.2/24", "10.0.0.3/24")], 999,
      "CNI version \(b.spec.rawValue) does not support more than 1 address per family")
  },
  Case("item 13", "no address cannot be said before 0.3.0", [.static], specs: Spec.flat) { b in
    try b.refuses("ADD", ["ipam": ["type": "static"]], 999, "cannot convert: no valid IP addresses")
  },

  refused("without ipam", [:], "IPAM config missing 'ipam' key"),
  refused(
    "an address without a prefix", ["ipam": statically("10.0.0.2")],
    "the 'address' field is expected to be in CIDR notation, got: '10.0.0.2'"),
  refused(
    "what is no address", ["ipam": statically("bogus/24")],
    "the 'address' field is expected to be in CIDR notation, got: 'bogus/24'"),
  refused(
    "no address key", ["ipam": ["type": "static", "addresses": [[:]]]],
    "the 'address' field is expected to be in CIDR notation, got: ''"),
  refused(
    "a gateway that is none", ["ipam": ["type": "static", "addresses": [["address": "10.0.0.2/24", "gateway": "x"]]]],
    "invalid IP address: x"),
  refused(
    "runtimeConfig.ips without a prefix", ["runtimeConfig": ["ips": ["10.6.0.2"]], "ipam": ["type": "static"]],
    "an entry in the 'ips' field is NOT in CIDR notation, got: '10.6.0.2'"),
  refused(
    "args.cni.ips without a prefix", ["args": ["cni": ["ips": ["10.6.0.2"]]], "ipam": ["type": "static"]],
    "an entry in the 'ips' field is NOT in CIDR notation, got: '10.6.0.2'"),
  refused(
    "CNI_ARGS' IP without a prefix", ["ipam": ["type": "static"]], args: "IP=10.0.0.5",
    "the 'ip' field is expected to be in CIDR notation, got: '10.0.0.5'"),
  refused("CNI_ARGS' GATEWAY that is none", ["ipam": ["type": "static"]], args: "GATEWAY=x", "invalid gateway address: x"),

  Case("spec 2, DEL", "DEL has nothing to do and never fails", [.static], specs: Spec.allCases) { b in
    for own in [["ipam": statically("10.0.0.2/24")], ["ipam": statically("bogus")], [:]] as [JSONObject] { try b.delete(own) }
  },
  Case("spec 2, CHECK", "CHECK wants prevResult", [.static], specs: Spec.withCheck) { b in
    try b.refuses("CHECK", ["ipam": statically("10.0.0.2/24")], 999, "Required prevResult missing")
  },
  Case("spec 2, CHECK", "CHECK compares the gateways", [.static], specs: Spec.withCheck) { b in
    let own: JSONObject = ["ipam": ["type": "static", "addresses": [["address": "10.0.0.2/24", "gateway": "10.0.0.1"]]]]
    let result = try b.add(own)
    try b.check(own, after: result)
    let changed = try JSON(parsing: result.text().replacing("10.0.0.1\"", with: "10.0.0.3\""))
    try b.refuses("CHECK", own.with("prevResult", changed), 999, "static: Failed to match addr 10.0.0.2 on interface eth0")
  },
]

private func gives(_ what: String, _ own: JSONObject, args: String? = nil, _ addresses: [String]) -> Case {
  Case("item 47", "gives \(what)", [.static]) { b in
    let given = try b.add(own) { $0.args = args }
    #expect(given["ips"].list.map { $0["address"].text } == addresses)
  }
}

private func refused(_ what: String, _ own: JSONObject, args: String? = nil, _ text: String) -> Case {
  Case("item 48", "\(what) is an error", [.static]) { b in
    try b.refuses("ADD", own, 999, text) { $0.args = args }
  }
}
