import Foundation
import JSON
import TestSupport
import Testing

/// The sbr plugin (items 65, 141 to 149).
let sbrCases: [Case] = [
  Case("item 144", "each address has a rule and a table", [.sbr], specs: [.v030, .v040, .v100]) { b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    let result = try b.add(["prevResult": previous])
    #expect(result["ips"].list.count == 2)
    #expect(try b.pod.namespace.sourceRules() == ["10.1.0.2 100", "fd01::2 101"])
    #expect(try b.pod.namespace.table(100).isSuperset(of: ["10.1.0.0/24 dev eth0", "default via 10.1.0.1 dev eth0"]))
    #expect(try b.pod.namespace.table(101).isSuperset(of: ["fd01::/64 dev eth0", "default via fd01::1 dev eth0"]))
  },
  Case("item 144", "a table that a rule names is taken", [.sbr]) { b in
    let previous = try b.makeInterface()
    try b.pod.namespace.run("ip", "rule", "add", "from", "192.0.2.1", "lookup", "100")
    _ = try b.add(["prevResult": previous])
    #expect(try b.pod.namespace.sourceRules().contains("10.1.0.2 101"))
  },
  Case("item 144", "a table that has routes is taken", [.sbr], reach: .ours("the reference only looks at rules")) { b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    try b.pod.namespace.run("ip", "route", "add", "blackhole", "192.0.2.0/24", "table", "100")
    try b.pod.namespace.run("ip", "-6", "route", "add", "fd77::/64", "via", "fd01::9", "table", "101")
    _ = try b.add(["prevResult": previous])
    #expect(try b.pod.namespace.sourceRules() == ["10.1.0.2 102", "fd01::2 103"])
  },
  Case("item 145", "routes behind a gateway leave the main table", [.sbr]) { b in
    let previous = try b.makeInterface(routes: [
      ["dst": "192.168.0.0/16", "gw": "10.1.0.3"], ["dst": "0.0.0.0/0", "gw": "10.1.0.1"],
    ])
    _ = try b.add(["prevResult": previous])
    #expect(try b.pod.namespace.routes().isEmpty)
    #expect(
      try b.pod.namespace.table(100) == [
        "10.1.0.0/24 dev eth0", "192.168.0.0/16 via 10.1.0.3 dev eth0", "default via 10.1.0.1 dev eth0",
      ])
  },
  Case("items 145, 146", "the main table keeps the subnet, with the source", [.sbr], reach: .ours("the reference takes it")) {
    b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    for own in [[:], ["addSourceHints": true]] as [JSONObject] {
      _ = try b.add(own.with("prevResult", previous))
      for (address, source) in [("10.1.0.9", "10.1.0.2"), ("fd01::9", "fd01::2")] {
        let route = try b.pod.namespace.json(.ip, "route", "get", address)[0]
        #expect(route["dev"] == "eth0" && route["prefsrc"].text == source, "\(route.text())")
      }
      try b.delete(own.with("prevResult", previous))
    }
  },
  Case("item 146", "a gateway on the link", [.sbr], reach: .ours("the reference loses it")) { b in
    let previous = try b.makeInterface(addresses: ["fd01::2/64"], gateways: [nil])
    try b.pod.namespace.run("ip", "-6", "route", "add", "default", "via", "fe80::1", "dev", "eth0")
    _ = try b.add(["prevResult": previous])
    #expect(try b.pod.namespace.table(100).contains("default via fe80::1 dev eth0") && b.pod.namespace.routes().isEmpty)
  },
  Case("item 146", "a subnet stands in the table of its own address only", [.sbr], reach: .ours("IPv6 ones stand in each")) { b in
    let previous = try b.makeInterface(
      addresses: ["fd01::2/64", "fd02::2/64", "10.1.0.2/24", "10.2.0.2/24"], gateways: ["fd01::1", "fd02::1"])
    _ = try b.add(["prevResult": previous])
    #expect(
      try b.pod.namespace.table(100).contains("fd01::/64 dev eth0") && !b.pod.namespace.table(100).contains("fd02::/64 dev eth0"))
    #expect(
      try b.pod.namespace.table(101).contains("fd02::/64 dev eth0") && !b.pod.namespace.table(101).contains("fd01::/64 dev eth0"))
    #expect(try b.pod.namespace.table(102) == ["10.1.0.0/24 dev eth0"] && b.pod.namespace.table(103) == ["10.2.0.0/24 dev eth0"])
  },
  Case("item 141", "gateways of the configuration", [.sbr], reach: .ours("only main has them")) { b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", nil])
    _ = try b.add(["gateways": ["fe80::5", "10.1.0.5"], "prevResult": previous])
    #expect(try b.pod.namespace.table(100).contains("default via 10.1.0.5 dev eth0"))
    #expect(try b.pod.namespace.table(101).contains("default via fe80::5 dev eth0"))
  },
  Case("item 148", "gateways that cannot be", [.sbr], reach: .ours("only main has them")) { b in
    let previous = try b.makeInterface()
    for (gateways, text) in [
      (["10.1.0.1", "10.1.0.2"], "gateways list contains multiple IPv4 addresses: 10.1.0.1 and 10.1.0.2"),
      (["10.1.0.1", "fd01::1", "fd01::2"], "gateways list cannot contain more than 2 entries (one IPv4, one IPv6)"),
      (["x"], "invalid static gateway IP address: x"),
    ] as [(JSON, String)] {
      try b.refuses("ADD", ["gateways": gateways, "prevResult": previous], 999, text)
    }
    #expect(try b.pod.namespace.sourceRules().isEmpty)
  },
  Case("item 147", "a table of the configuration gets no routes", [.sbr], reach: .since("1.3.0")) { b in
    let previous = try b.makeInterface(routes: [["dst": "192.168.0.0/16", "gw": "10.1.0.3"]])
    let own: JSONObject = ["table": 1000]
    _ = try b.add(own.with("prevResult", previous))
    #expect(try b.pod.namespace.sourceRules() == ["10.1.0.2 1000"])
    #expect(try b.pod.namespace.table(1000).isEmpty && b.pod.namespace.routes() == ["192.168.0.0/16 via 10.1.0.3 dev eth0"])
    try b.delete(own.with("prevResult", previous))
    #expect(try b.pod.namespace.sourceRules().isEmpty)
  },
  Case("item 65", "without prevResult", [.sbr]) { b in
    _ = try b.makeInterface()
    try b.refuses("ADD", [:], 999, "This plugin must be called as chained plugin")
  },
  Case("item 143", "without an address", [.sbr]) { b in
    let previous = try b.makeInterface(addresses: [])
    try b.refuses(
      "ADD", ["prevResult": previous.object?.with("ips", []).json ?? .null], 999, "No IP addresses supplied on interface: eth0")
  },
  Case("item 143", "addresses of other interfaces", [.sbr]) { b in
    _ = try b.makeInterface()
    _ = try b.makeInterface("net1", addresses: ["10.2.0.2/24"])
    let previous = b.resultOfInterfaces(["eth0", "net1"], [("10.1.0.2/24", "10.1.0.1", 0), ("10.2.0.2/24", "10.2.0.1", 1)])
    b.pod = Pod(of: b.pod, ifName: "net1")
    _ = try b.add(["prevResult": previous])
    #expect(try b.pod.namespace.sourceRules() == ["10.2.0.2 100"])
  },
  Case("item 149", "DEL takes the rules, twice", [.sbr]) { b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    let own: JSONObject = ["prevResult": previous]
    _ = try b.add(own)
    try b.delete(own)
    #expect(try b.pod.namespace.sourceRules().isEmpty)
    try b.delete(own)
  },
  Case("item 149", "DEL without prevResult takes rules and routes", [.sbr], reach: .ours("the reference leaves the routes")) {
    b in
    let previous = try b.makeInterface()
    _ = try b.add(["prevResult": previous])
    try b.delete([:])
    #expect(try b.pod.namespace.sourceRules().isEmpty && b.pod.namespace.table(100).isEmpty)
  },
  Case("items 142, 149", "DEL after the link", [.sbr], reach: .ours("the rules stay")) { b in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    for own in [["prevResult": previous], [:]] as [JSONObject] {
      _ = try b.add(["prevResult": previous])
      try b.pod.namespace.run("ip", "link", "delete", "eth0")
      try b.delete(own)
      #expect(try b.pod.namespace.sourceRules().isEmpty)
      _ = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"])
    }
  },
  Case("item 142", "DEL without the namespace makes no file", [.sbr], reach: .ours("the reference makes one")) { b in
    let path = b.directory["gone"]
    for netns in ["", path] { try b.delete([:]) { $0.netns = netns } }
    #expect(!FileManager.default.fileExists(atPath: path))
  },
  Case("item 149", "rules and tables of the workload stay", [.sbr], reach: .ours("the reference takes rules from the address")) {
    b in
    let previous = try b.makeInterface()
    _ = try b.add(["prevResult": previous])
    for rule in [["from", "10.1.0.2", "lookup", "200"], ["from", "10.9.9.9", "lookup", "201"]] {
      _ = try Command(["ip", "rule", "add"] + rule).require(in: b.pod.namespace)
    }
    try b.delete(["prevResult": previous])
    #expect(try b.pod.namespace.sourceRules() == ["10.1.0.2 200", "10.9.9.9 201"])
  },
  Case("item 149", "CHECK compares rules and routes", [.sbr], specs: Spec.withCheck, reach: .ours("the reference does nothing")) {
    b in
    let previous = try b.makeInterface(routes: [["dst": "192.168.0.0/16", "gw": "10.1.0.3"]])
    let own: JSONObject = [:]
    let result = try b.add(own.with("prevResult", previous))
    try b.check(own, after: result)
    try b.pod.namespace.run("ip", "route", "add", "172.16.0.0/12", "via", "10.1.0.7")
    try b.check(own, after: result)
    for (route, text) in [("default", "default via 10.1.0.1"), ("192.168.0.0/16", "192.168.0.0/16 via 10.1.0.3")] {
      let line = try b.pod.namespace.run("ip", "route", "show", route, "table", "100").split(whereSeparator: \.isWhitespace).map(
        String.init)
      try b.pod.namespace.run("ip", "route", "delete", route, "table", "100")
      try b.refuses("CHECK", own.with("prevResult", result), 999, "the route \(text) dev eth0 table 100 is missing")
      _ = try Command(["ip", "route", "add"] + line + ["table", "100"]).require(in: b.pod.namespace)
      try b.check(own, after: result)
    }
    try b.pod.namespace.run("ip", "rule", "delete", "from", "10.1.0.2")
    try b.refuses(
      "CHECK", own.with("prevResult", result), 999, "no rule leads packets from 10.1.0.2 to a routing table of their own")
  },
  Case("design", "a second ADD after a crash", [.sbr], reach: .ours("the reference makes a second table")) { b in
    let previous = try b.makeInterface(routes: [["dst": "192.168.0.0/16", "gw": "10.1.0.3"]])
    let own: JSONObject = ["prevResult": previous]
    _ = try (b.add(own), b.add(own))
    #expect(try b.pod.namespace.sourceRules() == ["10.1.0.2 100"])
    #expect(try b.pod.namespace.table(100).contains("192.168.0.0/16 via 10.1.0.3 dev eth0"))
  },
  Case("design", "two at once choose two tables", [.sbr]) { b in
    _ = try b.makeInterface()
    _ = try b.makeInterface("net1", addresses: ["10.2.0.2/24"])
    let previous = b.resultOfInterfaces(["eth0", "net1"], [("10.1.0.2/24", "10.1.0.1", 0), ("10.2.0.2/24", "10.2.0.1", 1)])
    let pods = [b.pod, Pod(of: b.pod, ifName: "net1")]
    let calls = pods.map { b.prepared("ADD", ["prevResult": previous], $0) }
    let node = b.node
    DispatchQueue.concurrentPerform(iterations: 2) { i in _ = try? calls[i].run(on: node) }
    #expect(Set(try b.pod.namespace.sourceRules().map { $0.suffix(3) }) == ["100", "101"])
  },
  switched("the other's DEL takes the rules", [.sbr]) { b, first, second in
    let previous = try b.makeInterface(addresses: ["10.1.0.2/24", "fd01::2/64"], gateways: ["10.1.0.1", "fd01::1"])
    let own: JSONObject = ["prevResult": previous]
    let result = try b.add(own, from: first)
    if second == b.executables {
      try b.check([:], after: result)
    }
    try b.delete(own, from: second)
    #expect(try b.pod.namespace.sourceRules().isEmpty)
  },
]

extension JSONObject {
  fileprivate var json: JSON { .object(self) }
}

extension ScratchNamespace {
  /// The rules from single addresses: `10.1.0.2 100`, sorted.
  func sourceRules() throws -> [String] {
    let all = try json(.ip, "-4", "rule", "show").list + json(.ip, "-6", "rule", "show").list
    return all.filter { $0["src"] != "all" }.map { "\($0["src"].text) \($0["table"].text)" }.sorted()
  }

  /// The routes of a table, without link-local ones: "default via 10.1.0.1 dev eth0".
  func table(_ number: Int) throws -> Set<String> {
    let all = try ["-4", "-6"].flatMap { try json(.ip, $0, "route", "show", "table", "all").list }
    return Set(
      all.filter { $0["table"].text == "\(number)" && !$0["dst"].text.hasPrefix("fe80") && !$0["dev"].isNull }.map { route in
        let gateway = route["gateway"].string.map { " via \($0)" } ?? ""
        return "\(route["dst"].text)\(gateway) dev \(route["dev"].text)"
      })
  }
}
