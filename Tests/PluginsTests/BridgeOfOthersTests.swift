import CNI
import JSON
import Plugins
import TestSupport
import Testing

/// What belongs to others stays as it was: a bridge that was there before, and links that only look like ours.
@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct BridgeOfOthersTests {
  private let gateway: JSON = ["type": "bridge", "bridge": "br0", "isGateway": true, "ipam": ["type": "recording"]]

  /// A bridge of somebody else's, with and without a port of its own, keeps its address while Pods come and go.
  @Test(arguments: ["down", "up", "with a port"], ["gateway", "plain"])
  func macOfAGivenBridgeStays(_ state: String, _ kind: String) throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    if state != "down" { try bench.host.run("ip", "link", "set", "dev", "br0", "up") }
    if state == "with a port" {
      try bench.host.run("ip", "link", "add", "name", "x", "master", "br0", "type", "veth", "peer", "name", "y")
      for link in ["x", "y"] {
        try bench.host.run("ip", "link", "set", "dev", link, "address", "f2:00:00:00:00:0\(link == "x" ? 1 : 2)")
      }
      for link in ["x", "y"] { try bench.host.run("ip", "link", "set", "dev", link, "up") }
    }
    let mac = bench.host.link("br0")["address"]
    let configuration: JSON =
      kind == "gateway" ? gateway : ["type": "bridge", "bridge": "br0", "ipam": ["type": "recording"]]
    for options in [DelegateCall.Options(), bench.reclaiming] {
      let calls = try [bench.container, other].map { try bench.call(configuration, netns: $0.path, options: options) }
      for (i, call) in calls.enumerated() {
        try bench.ipam.give("10.1.2.\(3 + i)/24")
        #expect(try bench.add(call).interfaces[0].mac == mac?.string && bench.host.link("br0")["address"] == mac)
      }
      for call in calls {
        try bench.delete(call)
        #expect(bench.host.link("br0")["address"] == mac)
      }
    }
  }

  /// A bridge of somebody else's is promiscuous for as long as Pods need it, and after that only if it was so before.
  @Test(arguments: [false, true]) func promiscuityOfAGivenBridge(_ before: Bool) throws {
    let (bench, other) = (try Bench(), try ScratchNamespace())
    defer { other.remove() }
    try bench.host.run("ip", "link", "add", "name", "br0", "type", "bridge")
    try bench.host.run("ip", "link", "set", "dev", "br0", "up", "promisc", before ? "on" : "off")
    func promiscuity() -> Int? { bench.host.link("br0")["promiscuity"]?.int }
    let plain: JSON = ["type": "bridge", "bridge": "br0"]
    let promiscuous: JSON = ["type": "bridge", "bridge": "br0", "promiscMode": true]
    func properties() -> [JSON?] { ["address", "group", "altnames", "promiscuity"].map { bench.host.link("br0")[$0] } }
    let given = properties()
    for _ in 1...2 {
      let (first, second) = (
        try bench.call(promiscuous, options: bench.reclaiming),
        try bench.call(promiscuous, netns: other.path, options: bench.reclaiming)
      )
      for call in [first, second] { try bench.check(call, bench.add(call)) }
      try bench.delete(first)
      #expect(promiscuity() == 1)
      let third = try bench.call(plain, options: bench.reclaiming)
      _ = try bench.add(third)
      try bench.delete(second)
      #expect(promiscuity() == (before ? 1 : 0))
      try bench.delete(third)
      #expect(properties() == given)
    }
  }

  /// The workload moves its interface into a namespace of its own. DEL still removes the node's end, and the bridge with its last port.
  @Test func interfaceThatWasMovedAwayGoes() throws {
    let (bench, inner) = (try Bench(), try ScratchNamespace())
    defer { inner.remove() }
    let before = try NamespaceDump(bench.host)
    try bench.ipam.give("10.1.2.3/24")
    var call = try bench.call(gateway, options: bench.reclaiming)
    call.call.previous = .value(try bench.add(call))
    try bench.container.run("ip", "link", "set", "dev", "eth0", "netns", inner.path)
    try bench.delete(call)
    #expect(try NamespaceDump(bench.host).difference(to: before) == [] && inner.linkNames() == ["lo"])
  }

  /// A result may name links that are not the ADD's any more.
  @Test func othersLinksStay() throws {
    let bench = try Bench()
    try bench.ipam.give("10.1.2.3/24")
    var call = try bench.call(gateway)
    let result = try bench.add(call)
    let port = result.interfaces[1].name
    try bench.host.run("ip", "link", "del", port)
    for (name, kind) in [(port, "bridge"), ("veth0123abcd", "veth")] {
      try bench.host.run("ip", "link", "add", "name", name, "address", "02:00:00:00:00:09", "type", kind)
    }
    var claimed = result
    claimed.interfaces += [.init(name: "veth0123abcd", mac: "02:00:00:00:00:08"), .init(name: port, mac: "02:00:00:00:00:09")]
    call.call.previous = .value(claimed)
    try bench.delete(call)
    #expect(try Set(bench.host.linkNames()).isSuperset(of: ["br0", port, "veth0123abcd"]))
  }
}
