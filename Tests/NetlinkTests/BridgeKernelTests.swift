import JSON
import Netlink
import NetworkTypes
import System
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "bridge"), .needs(kernel: .bridge)) struct BridgeKernelTests {
  private func withPort(vlanFiltering: Bool = false, _ body: (ScratchNamespace, NamespaceSocket, Link) throws -> Void) throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      try socket.route.add(NewLink(name: name("br0"), kind: .bridge(Bridge(vlanFiltering: vlanFiltering)), isUp: true))
      let bridge = try #require(try socket.route.link(named: name("br0")))
      try socket.route.add(
        NewLink(name: name("a"), kind: .veth(peer: .init(name: name("b"))), master: bridge.index, isUp: true))
      try node.run("ip", "link", "set", "dev", "b", "up")
      try body(node, socket, #require(try socket.route.link(named: name("a"))))
    }
  }

  @Test func flagsOfAPort() throws {
    try withPort { node, socket, port in
      try socket.route.execute(
        BridgePort.set(port, hairpin: true, isolated: true, learning: false, unicastFlood: false, guardsBPDU: true))
      var seen = try node.port("a")
      #expect(seen["hairpin"] == true && seen["isolated"] == true && seen["learning"] == false)
      #expect(seen["flood"] == false && seen["guard"] == true)
      var ours = try #require(try socket.route.link(index: port.index)?.port)
      #expect(ours.hairpin && ours.isolated && !ours.learning && ours.isForwarding)
      try socket.route.execute(BridgePort.set(port, hairpin: false, isolated: false))
      seen = try node.port("a")
      #expect(seen["hairpin"] == false && seen["isolated"] == false && seen["guard"] == true)
      ours = try #require(try socket.route.link(index: port.index)?.port)
      #expect(!ours.hairpin && !ours.isolated)
    }
  }

  @Test func portsOfABridge() throws {
    try withPort { node, socket, port in
      try node.run("ip", "link", "add", "name", "c", "type", "veth", "peer", "name", "d")
      let master = try #require(port.master)
      #expect(try socket.route.links(ofMaster: master).map(\.name) == ["a"])
      try socket.route.change(port, LinkChange(master: 0))
      #expect(try socket.route.links(ofMaster: master).isEmpty)
      #expect(try socket.route.link(index: port.index)?.port == nil)
    }
  }

  @Test func portThatIsNoneIsRefused() throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      let socket = try node.socket()
      let link = try #require(try socket.route.link(named: name("a")))
      let error = refusal { () throws(NetlinkError) in try socket.route.execute(BridgePort.set(link, hairpin: true)) }
      #expect(error?.description.hasPrefix("set bridge port a hairpin on: ") == true)
    }
  }

  @Test(.needs(kernel: .vlanFiltering)) func vlansOfAPort() throws {
    try withPort(vlanFiltering: true) { node, socket, port in
      try socket.route.execute([
        BridgeVLAN.add([BridgeVLAN(id: 100, isPVID: true, isUntagged: true)], to: port),
        BridgeVLAN.delete([BridgeVLAN(id: 1)], from: port),
        BridgeVLAN.add((200...210).map { BridgeVLAN(id: $0) }, to: port),
      ])
      let ours = try socket.route.bridgeVLANs(of: port)
      #expect(ours.map(\.id) == [100] + (200...210))
      #expect(ours.first == BridgeVLAN(id: 100, isPVID: true, isUntagged: true))
      let seen = try node.json(.bridge, "vlan", "show", "dev", "a").array?.first?.object?["vlans"]?.array ?? []
      #expect(seen.compactMap { $0.object?["vlan"]?.int }.first == 100)
      let bridge = try #require(try socket.route.link(named: name("br0")))
      try socket.route.execute(BridgeVLAN.add([BridgeVLAN(id: 300)], to: bridge, onBridge: true))
      #expect(try socket.route.bridgeVLANs(of: bridge).map(\.id).contains(300))
    }
  }
}
