import CNI
import Netlink
import NetworkTypes
import TestSupport
import Testing

@testable import Plugins

@Suite struct NodeEndTests {
  private func end(_ id: String, _ name: String, _ attempt: Int = 0) throws -> NodeEnd {
    NodeEnd(of: try ContainerID(id), try InterfaceName(name), attempt: attempt)
  }

  /// A DEL must find what the ADD of an older Braid made: these values stay.
  @Test func nameAndAddressFollowFromTheAttachment() throws {
    let end = try end("c1", "eth0")
    #expect(end.name.text == "vethbeba2d95" && end.mac.description == "fe:37:2a:31:79:e4")
  }

  @Test func attachmentsHaveDifferentEnds() throws {
    var names: Set<String> = []
    var addresses: Set<String> = []
    for id in 0..<500 {
      for name in ["eth0", "eth1"] {
        for attempt in 0..<NodeEnd.attempts {
          let end = try end("container-\(id)", name, attempt)
          names.insert(end.name.text)
          addresses.insert(end.mac.description)
          #expect(end.mac.bytes[0] == 0xfe && end.name.text.utf8.count == 12)
        }
      }
    }
    #expect(names.count == 4000 && addresses.count == 4000)
  }

  @Test(arguments: [
    ("veth0123abcd", "02:00:00:00:00:01", "", true), ("veth0123abcd", "", "", false), ("veth0123abcd", "x", "", false),
    ("veth0123abcd", "02:00:00:00:00:01", "/n", false), ("veth0123ABCD", "02:00:00:00:00:01", "", false),
    ("veth0123abc", "02:00:00:00:00:01", "", false), ("br0", "02:00:00:00:00:01", "", false),
  ])
  func onlyNodeEndsOfAResultCount(_ name: String, _ mac: String, _ sandbox: String, _ counts: Bool) {
    let result = CNIResult(interfaces: [.init(name: name, mac: mac, sandbox: sandbox)])
    #expect(NodeEnd.ends(result).isEmpty == !counts)
  }

  /// Of name, address and index two must agree, and the link must be a veth.
  @Test(
    .needsRoot,
    arguments: [
      ("", true), ("ip link set veth00000001 name other", true), ("ip link set veth00000001 address 02:00:00:00:00:09", true),
      ("ip link set veth00000001 name other address 02:00:00:00:00:09", false),
      ("ip link delete veth00000001; ip link add veth00000001 type veth peer name p", false),
      ("ip link delete veth00000001; ip link add veth00000001 address 02:00:00:00:00:01 type bridge", false),
      ("ip link delete veth00000001; ip link add other index INDEX type veth peer name p", false),
      ("ip link delete veth00000001", false),
    ])
  func aLinkIsTheEnd(_ change: String, _ isEnd: Bool) throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "veth00000001", "address", "02:00:00:00:00:01", "type", "veth", "peer", "name", "peer")
      let host = try node.visit { try NodeNamespace(current: ()) }
      let link = try #require(try host.route.link(named: InterfaceName("veth00000001")))
      let ends = NodeEnd.ends(CNIResult(interfaces: [.init(link)]))
      #expect(ends.count == 1)
      try node.run("sh", "-ec", change.replacing("INDEX", with: "\(link.index)"))
      #expect(try NodeEnd.links(of: ends, in: host).count == (isEnd ? 1 : 0))
      #expect(try NodeEnd.delete(ends, in: host) == isEnd)
      #expect(try NodeEnd.links(of: ends, in: host).isEmpty)
    }
  }
}
