import JSON
import TestSupport
import Testing

/// A node changes from the reference plugins to Braid's, or back, while containers run.
let switchCases: [Case] = [
  switched("DEL by the other frees everything", [.bridge, .macvlan, .ptp, .hostLocal]) { b, first, second in
    let own = try b.switching()
    _ = try b.add(own, from: first)
    try b.delete(own, from: second)
    #expect(try b.reserved().isEmpty && b.pod.namespace.links().isEmpty)
    try b.delete(own, from: first)
  },
  switched("CHECK by the other says nothing", [.bridge, .macvlan, .ptp, .hostLocal], specs: [.v040, .v100]) { b, first, second in
    let own = try b.switching()
    let result = try b.add(own, from: first)
    let answer = try b.call("CHECK", own.with("prevResult", result), from: second)
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
  },
  switched("CHECK by the other notices a loss", [.bridge, .macvlan, .ptp, .hostLocal], specs: [.v040, .v100]) {
    b, first, second in
    let own = try b.switching()
    let result = try b.add(own, from: first)
    if b.plugin == .hostLocal {
      try b.delete(own, from: first)
    } else {
      try b.pod.namespace.run("ip", "address", "flush", "dev", "eth0")
    }
    try b.call("CHECK", own.with("prevResult", result), from: second).expectError(999)
  },
  switched("addresses go on behind the other's", [.bridge, .macvlan, .ptp, .hostLocal]) { b, first, second in
    let own = try b.switching()
    var given: [String] = []
    let pods = try (0..<4).map { _ in try Pod() }
    for (i, pod) in pods.enumerated() {
      given.append(try b.add(own, pod, from: i % 2 == 0 ? first : second)["ips"][0]["address"].text)
    }
    #expect(given == [2, 3, 4, 5].map { "10.1.0.\($0)/24" })
    for (i, pod) in pods.enumerated() { try b.delete(own, pod, from: i % 2 == 0 ? second : first) }
    #expect(try b.reserved().isEmpty)
  },
  switched("a second ADD by the other is refused", [.hostLocal]) { b, first, second in
    let own = try b.switching()
    _ = try b.add(own, from: first)
    try b.call("ADD", own, from: second).expectError(
      999, "failed to allocate for range 0: 10.1.0.2 has been allocated to \(b.pod.id), duplicate allocation is not allowed")
  },
  switched("what the other gave is not given again", [.hostLocal]) { b, first, second in
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/29", "fd01::/125")]
    for _ in 0..<5 { _ = try b.add(own, Pod(), from: first) }
    try b.call("ADD", own, Pod(), from: second).expectError(
      999, "failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.6")
    #expect(try b.reserved().count == 10)
  },
  switched("what the other freed is given again", [.hostLocal]) { b, first, second in
    let own: JSONObject = ["ipam": hostLocal("10.1.0.0/30")]
    for _ in 0..<3 {
      _ = try b.add(own, from: first)
      try b.delete(own, from: second)
      _ = try b.add(own, from: second)
      try b.delete(own, from: first)
    }
    #expect(try b.reserved().isEmpty)
  },
  switched("containers of both reach each other on one bridge", [.bridge]) { b, first, second in
    let own: JSONObject = ["bridge": "br0", "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    let other = try Pod()
    _ = try b.add(own, from: first)
    _ = try b.add(own, other, from: second)
    for address in ["10.1.0.1", "10.1.0.3", "fd01::1", "fd01::3"] { #expect(try b.pod.namespace.pings(address), "\(address)") }
    try b.delete(own, from: second)
    #expect(try other.namespace.pings("10.1.0.1"))
    try b.delete(own, other, from: first)
    #expect(try b.node.links() == ["br0"] && b.reserved().isEmpty)
  },
  switched("containers of both reach each other on one master", [.macvlan]) { b, first, second in
    let own = try b.switching()
    let other = try Pod()
    _ = try b.add(own, from: first)
    _ = try b.add(own, other, from: second)
    #expect(try b.pod.namespace.pings("10.1.0.3"))
    try b.delete(own, from: second)
    try b.delete(own, other, from: first)
    #expect(try b.reserved().isEmpty)
  },
  switched("the other's host-local behind it", [.bridge, .macvlan, .ptp]) { b, first, second in
    let own = try b.switching()
    let mixed = b.directory["mixed"]
    try Command("mkdir", mixed).require()
    for (name, from) in [(b.plugin.rawValue, first), ("host-local", second)] {
      try Command("ln", "-s", "\(from)/\(name)", "\(mixed)/\(name)").require()
    }
    let result = try b.add(own, from: mixed)
    #expect(result["ips"][0]["address"] == "10.1.0.2/24")
    #expect(try b.reservations() == ["10.1.0.2": "\(b.pod.id)\r\neth0"])
    try b.delete(own, from: mixed)
    #expect(try b.reserved().isEmpty)
  },
]

/// Both directions.
func switched(
  _ title: String, _ plugins: [Plugin], specs: [Spec] = [.v040, .v100],
  body: @escaping @Sendable (_ b: Bench, _ first: String, _ second: String) throws -> Void
) -> Case {
  Case("design", "\(title), both ways", plugins, specs: specs, reach: .ours("it needs both")) { b in
    guard Command.find("\(Subject.reference)/bridge") != nil else {
      try Test.cancel("needs the reference plugins in \(Subject.reference)")
    }
    try body(b, Subject.reference, b.executables)
    try body(Bench(b.plugin, b.spec), b.executables, Subject.reference)
  }
}

extension Bench {
  fileprivate func switching() throws -> JSONObject {
    plugin == .hostLocal ? ["ipam": hostLocal("10.1.0.0/24")] : try connected()
  }
}
