import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// VLANs of a bridge's port in both directions.
@Suite struct BridgeVLANTests {
  /// A link of index 3, as the captured commands used.
  private func link() throws -> Link { try captured(Captured.port) }

  @Test func vlanRangesAreReadWhole() throws {
    // RTM_NEWLINK of AF_BRIDGE, index 3: 1 pvid untagged, 20-22, and a range without its begin.
    let datagram = bytes(
      """
      44000000 1000 0200 00000000 00000000 07000000 03000000 00000000 00000000
      24001a00 08000200 06000100 08000200 08001400 08000200 10001600 08000200 10004000
      """)
    let message = try #require(try Message.all(in: datagram).first)
    let vlans = try BridgeVLAN.all(in: message)
    #expect(vlans.map(\.id) == [1, 20, 21, 22, 64])
    #expect(vlans.filter(\.isPVID).map(\.id) == [1] && vlans.filter(\.isUntagged).map(\.id) == [1])
  }

  @Test func bridgeVLANsAreAdded() throws {
    // bridge vlan add dev v0 vid 10 pvid untagged
    let access = bytes("2c00000013000500eae4036b00000000070000000300000000000000000000000c001a000800020006000a00")
    let pvid = BridgeVLAN(id: 10, isPVID: true, isUntagged: true)
    #expect(BridgeVLAN.add([pvid], to: try link()).meaning(header: 16) == Meaning(access, header: 16))
    // bridge vlan add dev v0 vid 20-22
    let trunk = bytes(
      "3400000013000500eae4036b000000000700000003000000000000000000000014001a0008000200080014000800020010001600")
    let range = BridgeVLAN.add([22, 20, 21].map { BridgeVLAN(id: $0) }, to: try link())
    #expect(range.meaning(header: 16) == Meaning(trunk, header: 16))
    #expect(range.object == "20-22 dev veth1")
  }

  @Test func everyVLANFitsAMessage() throws {
    let alternating = (1...4094).map { BridgeVLAN(id: $0, isUntagged: $0 % 2 == 0) }
    let request = BridgeVLAN.add(alternating, to: try link())
    #expect(!request.message.isTooLong && request.message.bytes.count == 16 + 16 + 4 + 4094 * 8)
    let message = try #require(try Message.all(in: request.message.bytes).first)
    #expect(try BridgeVLAN.all(in: message) == alternating)
  }

  @Test func brokenEntriesAreErrors() {
    let type = LinkAttribute.BridgeFamily.vlan
    func read(_ entries: String...) throws -> [BridgeVLAN] {
      let datagram = Reply.message(Int32(RTM_NEWLINK), 0) {
        $0.header(ifinfomsg(index: 3))
        $0.nest(LinkAttribute.families) { for entry in entries { $0.attribute(type, bytes(entry)) } }
      }
      return try Message.all(in: datagram).flatMap { try BridgeVLAN.all(in: $0) }
    }
    #expect(throws: MalformedReply.attributeSize(type: type, size: 3)) { try read("0600 01") }
    #expect(throws: MalformedReply.attributeSize(type: type, size: 6)) { try read("0600 0100 0000") }
    // VLAN 4096; a run that begins after its end, that has no end, and that begins twice.
    #expect(throws: MalformedReply.attributeValue(type: type)) { try read("0000 0010") }
    #expect(throws: MalformedReply.attributeValue(type: type)) { try read("0800 0200", "1000 0100") }
    #expect(throws: MalformedReply.attributeValue(type: type)) { try read("0000 0100", "0800 0200") }
    #expect(throws: MalformedReply.attributeValue(type: type)) { try read("0800 0200", "0800 0300", "1000 0400") }
  }

  @Test func listIsThatOfTheLink() throws {
    func reply(_ index: Int32, _ vlan: BridgeVLAN) -> [UInt8] {
      Reply.message(Int32(RTM_NEWLINK), 1) {
        $0.header(ifinfomsg(index: index))
        $0.nest(LinkAttribute.families) { $0.attribute(LinkAttribute.BridgeFamily.vlan, [0, 0, UInt8(vlan.id), 0]) }
      }
    }
    let list = reply(2, BridgeVLAN(id: 20)) + reply(3, BridgeVLAN(id: 30)) + Reply.done(1)
    var socket = RouteSocket(over: ScriptedTransport([.datagram(list)]))
    #expect(try socket.bridgeVLANs(of: link()) == [BridgeVLAN(id: 30)])
  }
}
