import CNI
import JSON
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip")) struct LoopbackTests {
  @Test func upAndDown() throws {
    let bench = try Bench()
    let call = try bench.call(["type": "loopback"])
    let result = try bench.add(call)
    #expect(result.interfaces == [.init(name: "lo", mac: "00:00:00:00:00:00", sandbox: bench.container.path)])
    #expect(result.ips.map(\.address.description) == ["127.0.0.1/8", "::1/128"] && result.ips.map(\.interface) == [0, 0])
    #expect(bench.container.reaches("127.0.0.1") && bench.container.reaches("::1"))
    try bench.check(call)
    try bench.container.run("ip", "link", "set", "lo", "down")
    guard case .plugin(LoopbackError.down) = failure({ try bench.check(call) }) else {
      Issue.record("CHECK finds nothing")
      return
    }
  }

  /// A late DEL may name a path that leads to another container's namespace by now.
  @Test func deleteLeavesTheLoopback() throws {
    let bench = try Bench()
    let call = try bench.call(["type": "loopback"])
    _ = try bench.add(call)
    try bench.delete(call)
    try bench.check(call)
  }

  @Test func previousResultPassesThrough() throws {
    let bench = try Bench()
    let previous = CNIResult(interfaces: [.init(name: "eth7")], ips: [.init(address: cidr("192.0.2.3/24"))])
    var call = try bench.call(["type": "loopback"])
    call.call.previous = .value(previous)
    #expect(try bench.add(call) == previous && bench.container.reaches("127.0.0.1"))
  }

  @Test func foreignAddressIsRefused() throws {
    let bench = try Bench()
    try bench.container.run("ip", "addr", "add", "192.0.2.3/24", "dev", "lo")
    guard
      case .plugin(LoopbackError.foreignAddress(let address)) = failure({ _ = try bench.add(bench.call(["type": "loopback"])) })
    else {
      Issue.record("no error")
      return
    }
    #expect(address.description == "192.0.2.3")
  }

  @Test(arguments: ["", "/run/netns/braid-test-none"]) func deleteWithoutTheNamespace(_ netns: String) throws {
    let bench = try Bench()
    try bench.delete(bench.call(["type": "loopback"], netns: netns))
  }
}
