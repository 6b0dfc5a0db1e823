import NetworkTypes
import Testing

@testable import Netlink

/// Our requests beside the ones that ip(8) and bridge(8) make for the same purpose.
@Suite struct EncodingTests {
  /// A link of index 3, as the captured commands used.
  private func link() throws -> Link { try captured(Captured.port) }

  @Test func bridgeIsMade() throws {
    // ip link add br0 type bridge
    let theirs = bytes(
      "3800000010000506e8e4036b00000000000000000000000000000000000000000800030062723000 1000 1200 0a000100 6272696467650000")
    let ours = NewLink(name: name("br0"), kind: .bridge(Bridge())).request
    // ip(8) leaves the empty IFLA_INFO_DATA out; the kernel does not tell.
    #expect(ours.message.bytes.dropFirst(16).starts(with: theirs[16..<40]))
    #expect(ours.message.flags == 0x605 && ours.object == "br0" && ours.operation == .addLink)
  }

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
    let message = try #require(Message.all(in: request.message.bytes).first)
    let info = try #require(Attributes(message.payload.dropFirst(16)).nested(18)?.nested(2)?[1])
    let attributes = Attributes(info.dropFirst(16))
    #expect(attributes.string(3) == "eth0" && attributes.number(28, Int32.self) == 5)
    #expect(attributes.number(4, UInt32.self) == 1280 && attributes.number(27, UInt32.self) == 9)
    #expect(attributes[1].map { Array($0) } == [2, 0, 0, 0, 0, 2])
  }

  @Test func macvlanIsMade() throws {
    // ip link add link v0 name m0 type macvlan mode bridge
    let theirs = bytes(
      """
      4c00000010000506e8e4036b00000000000000000000000000000000000000000800050004000000070003006d300000
      1c0012000b0001006d6163766c616e000c0002000800010004000000
      """)
    let ours = NewLink(name: name("m0"), kind: .macvlan(Macvlan(mode: .bridge), parent: 4)).request
    let nests = [[18]: 0, [18, 2]: 0]
    #expect(ours.meaning(header: 16, nests: nests) == Meaning(theirs, header: 16, nests: nests))
  }

  @Test func linkIsChanged() throws {
    // ip link set dev v0 down promisc on
    let theirs = bytes("2000000010000500e9e4036b0000000000000000040000000001000001010000")
    let ours = LinkChange(isUp: false, isPromiscuous: true).request(4, label: "v0")
    #expect(ours.meaning(header: 16) == Meaning(theirs, header: 16))
  }

  @Test func groupIsDeleted() {
    // ip link del group 7
    let theirs = bytes("2800000011000500e9e4036b000000000000000000000000000000000000000008001b0007000000")
    #expect(Link.delete(group: 7).meaning(header: 16) == Meaning(theirs, header: 16))
  }

  @Test func addressesAreAdded() throws {
    // ip address add 10.1.2.3/24 broadcast 10.1.2.255 dev v1
    let v4 = bytes("3000000014000506e8e4036b000000000218000003000000080002000a010203080004000a0102ff080001000a010203")
    #expect(Address.add(cidr("10.1.2.3/24"), to: try link()).meaning(header: 8) == Meaning(v4, header: 8))
    // ip address add fd00::1/64 dev v1 nodad
    let v6 = bytes(
      """
      4000000014000506e8e4036b000000000a4002000300000014000200fd00000000000000000000000000000114000100fd0000000000000000
      00000000000001
      """)
    #expect(Address.add(cidr("fd00::1/64"), to: try link()).meaning(header: 8) == Meaning(v6, header: 8))
  }

  @Test func routesAreAdded() throws {
    // ip route add 192.0.2.0/24 via 10.1.2.1 dev v1 mtu 1400 advmss 1300 table 300 metric 50
    let rich = bytes(
      """
      5800000018000506e8e4036b0000000002180000000300010000000008000100c0000200080005000a01020108000f002c0100000800060032000000
      08000400030000001400080008000200780500000800080014050000
      """)
    let route = Route(
      to: cidr("192.0.2.77/24"), via: ip("10.1.2.1"), link: 3, priority: 50, table: 300, mtu: 1400, advertisedMSS: 1300)
    // Of a table past 255 ip(8) writes 0 into the header's one byte, we RT_TABLE_COMPAT, as the kernel itself does.
    var expected = rich
    expected[16 + 4] = 0xfc
    #expect(route.add.meaning(header: 12, nests: [[8]: 0]) == Meaning(expected, header: 12, nests: [[8]: 0]))
    // ip route add default via 10.1.2.1 dev v1
    let plain = bytes("2c00000018000506e9e4036b0000000002000000fe03000100000000080005000a0102010800040003000000")
    let gateway = Route(to: cidr("0.0.0.0/0"), via: ip("10.1.2.1"), link: 3)
    #expect(gateway.add.meaning(header: 12) == Meaning(plain, header: 12))
    #expect(gateway.description == "default via 10.1.2.1 dev #3")
  }

  @Test func neighbourIsSet() throws {
    // ip neigh replace 10.1.2.9 lladdr 02:00:00:00:00:09 dev v1 nud permanent
    let theirs = bytes("300000001c000505eae4036b00000000020000000300000080000000080001000a0102090a0002000200000000090000")
    let ours = Neighbour.set(ip("10.1.2.9"), mac: mac("02:00:00:00:00:09"), on: try link())
    #expect(ours.meaning(header: 12) == Meaning(theirs, header: 12))
  }

  @Test func bridgePortIsSet() throws {
    // bridge link set dev v0 hairpin on isolated on
    let theirs = bytes("3400000013000500eae4036b000000000700000003000000000000000000000014000c8005000400010000000500210001000000")
    let ours = BridgePort.set(try link(), hairpin: true, isolated: true)
    #expect(ours.meaning(header: 16, nests: [[12]: 0]) == Meaning(theirs, header: 16, nests: [[12]: 0]))
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
    let message = try #require(Message.all(in: request.message.bytes).first)
    #expect(BridgeVLAN.all(in: message) == alternating)
  }

  @Test func lengthsAreRightAndPadded() {
    var writer = MessageWriter(type: 1, flags: 2)
    writer.attribute(7, [1, 2, 3, 4, 5])
    writer.nest(8) { $0.attribute(9, UInt8(1)) }
    #expect(
      writer.bytes == bytes("28000000 0100 0200 00000000 00000000 0900 0700 0102030405000000 0c00 0800 0500 0900 01000000"))
    var datagram: [UInt8] = []
    writer.append(to: &datagram, sequence: 0x0102_0304)
    #expect(datagram[8..<12] == [4, 3, 2, 1])
  }

  @Test func whatNoLengthFieldHoldsIsMarked() {
    var writer = MessageWriter(type: 1, flags: 2)
    writer.attribute(7, [UInt8](repeating: 0, count: 65531))
    #expect(!writer.isTooLong)
    writer.attribute(7, [UInt8](repeating: 0, count: 65532))
    #expect(writer.isTooLong)
  }
}
