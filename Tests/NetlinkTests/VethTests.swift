import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Veth pairs in both directions.
@Suite struct VethTests {
  @Test func vethPairIsMadeInOneMessage() throws {
    // ip link add v0 mtu 1400 address 02:00:00:00:00:01 master br0 group 7 up type veth peer name v1
    let theirs = bytes(
      """
      7800000010000506e8e4036b000000000000000000000000010000000100000008000400780500000a000100020000000001000008000a0002000000
      08001b000700000007000300763000002c0012000800010076657468200002001c000100000000000000000000000000000000000700030076310000
      """)
    let ours = NewLink(
      name: name("v0"), kind: .veth(peer: .init(name: name("v1"))), mac: mac("02:00:00:00:00:01"),
      mtu: try MTU(1400), group: 7, master: 2, isUp: true)
    // IFLA_LINKINFO (18), IFLA_INFO_DATA (2), VETH_INFO_PEER (1) with a link's header of 16 bytes before its attributes.
    let nests = [[18]: 0, [18, 2]: 0, [18, 2, 1]: 16]
    #expect(ours.request.meaning(header: 16, nests: nests) == Meaning(theirs, header: 16, nests: nests))
  }

  @Test func peerIsBornElsewhere() throws {
    let peer = NewLink.Peer(
      name: name("eth0"), mac: mac("02:00:00:00:00:02"), mtu: try MTU(1280), group: 9, namespace: 5)
    let request = NewLink(name: name("v0"), kind: .veth(peer: peer)).request
    let message = try #require(try Message.all(in: request.message.bytes).first)
    let info = try #require(try Attributes(message.payload.dropFirst(16)).nested(18)?.nested(2)?[1])
    let attributes = try Attributes(info.dropFirst(16))
    #expect(try attributes.string(3) == "eth0" && attributes.number(28, Int32.self) == 5)
    #expect(try attributes.number(4, UInt32.self) == 1280 && attributes.number(27, UInt32.self) == 9)
    #expect(attributes[1].map { Array($0) } == [2, 0, 0, 0, 0, 2])
  }

  @Test func vethIsRead() throws { #expect(try captured(Captured.port).kind == .veth) }
}
