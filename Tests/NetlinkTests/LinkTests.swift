import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// A link's messages: attributes of every link, changes, deletion.
@Suite struct LinkTests {
  @Test func unknownAttributesAreKept() throws {
    // IFLA_QDISC (6), which this module does not decode.
    #expect(try captured(Captured.bridge).attributes.string(6) == "noqueue")
  }

  @Test func linkIsChanged() throws {
    // ip link set dev v0 down promisc on
    let theirs = bytes("2000000010000500e9e4036b0000000000000000040000000001000001010000")
    let ours = LinkChange(isUp: false, isPromiscuous: true).request(4, label: "v0")
    #expect(ours.meaning(header: 16) == Meaning(theirs, header: 16))
  }

  @Test func linkReceivesAllMulticast() throws {
    // ip link set dev v0 allmulticast on txqueuelen 50
    let theirs = bytes("2800000010000500125e0a6b0000000000000000030000000002000000020000 08000d0032000000")
    let ours = LinkChange(receivesAllMulticast: true, queueLength: 50).request(3, label: "v0")
    #expect(ours.meaning(header: 16) == Meaning(theirs, header: 16) && ours.object == "v0 (queue length 50)")
  }

  @Test func alternativeNameIsAdded() throws {
    let bridge = try link { $0.attribute(LinkAttribute.name, string: "br0") }
    let ours = AlternativeName.add("second", to: bridge).message.bytes
    // ip link property add dev br0 altname second, from the list on. ip(8) adds flags that the kernel ignores here.
    #expect(Array(ours[32...]) == bytes("100034800b0035007365636f6e640000") && ours[4] == UInt8(RTM_NEWLINKPROP))
    #expect(AlternativeName.delete("second", from: bridge).message.bytes[4] == UInt8(RTM_DELLINKPROP))
  }

  /// Errors name the values that the kernel may have refused.
  @Test func errorsNameValues() throws {
    let (mac, mtu) = (try MACAddress("02:00:00:00:00:05"), try MTU(9000))
    let peer = NewLink.Peer(name: try InterfaceName("eth0"), mac: mac, mtu: mtu)
    var pair = NewLink(name: try InterfaceName("veth1"), kind: .veth(peer: peer))
    pair.context = "port of br0"
    #expect(pair.request.object == "veth1 (veth port of br0, peer eth0, MAC 02:00:00:00:00:05, MTU 9000)")
    #expect(NewLink(name: try InterfaceName("br0"), kind: .bridge(Bridge())).request.object == "br0 (bridge)")
    var macvlan = NewLink(name: try InterfaceName("eth0"), kind: .macvlan(Macvlan(mode: .bridge), parent: 3), mac: mac)
    macvlan.context = "on master eth1"
    #expect(macvlan.request.object == "eth0 (macvlan on master eth1, MAC 02:00:00:00:00:05)")
    #expect(LinkChange(isUp: true).request(4, label: "v0").object == "v0")
    #expect(LinkChange(mac: mac, mtu: mtu).request(4, label: "v0").object == "v0 (MAC 02:00:00:00:00:05, MTU 9000)")
    let route = Route(to: try CIDR("10.0.0.0/8"), via: try IPAddress("10.1.0.1"), link: 7)
    #expect(route.add.about(route.description(dev: "eth0")).object == "10.0.0.0/8 via 10.1.0.1 dev eth0")
    #expect(route.add.object == "10.0.0.0/8 via 10.1.0.1 dev #7")
  }

  @Test func groupIsDeleted() {
    // ip link del group 7
    let theirs = bytes("2800000011000500e9e4036b000000000000000000000000000000000000000008001b0007000000")
    #expect(Link.delete(group: 7).meaning(header: 16) == Meaning(theirs, header: 16))
  }

  @Test func otherMessagesAreNoLinks() throws {
    for datagram in [Captured.addresses, Captured.route, Captured.neighbours, Captured.refusal] {
      for message in try Message.all(in: datagram) { #expect(try Link(message) == nil) }
    }
  }

  @Test func hardwareAddressesOfOtherLengthsAreLegal() throws {
    // Hardware addresses of tunnels have 4 bytes, those of InfiniBand 20.
    for length in [0, 4, 8, 20] {
      let link = try link { $0.attribute(LinkAttribute.address, [UInt8](repeating: 2, count: length)) }
      #expect(link.name == "a" && link.mac == nil)
    }
    #expect(try link { _ in }.mac == nil)
  }

  @Test func namesNeedNotBeUTF8() throws {
    let datagram = Reply.message(Int32(RTM_NEWLINK), 0) {
      $0.header(ifinfomsg(index: 7))
      $0.attribute(LinkAttribute.name, [0x65, 0xff, 0x30, 0])
    }
    #expect(try captured(datagram).name == "e\u{fffd}0")
  }

  @Test func missingAttributesHaveDefaults() throws {
    let link = try link { _ in }
    #expect(link.mtu == 0 && link.group == 0 && link.master == nil && link.parent == nil && link.alias == nil)
    #expect(link.kind == .none && link.port == nil && link.alternativeNames == [])
  }

  @Test func nameIsNeeded() {
    let datagram = Reply.message(Int32(RTM_NEWLINK), 0) { $0.header(ifinfomsg(index: 7)) }
    #expect(throws: MalformedReply.attributeMissing(type: 3)) { try captured(datagram) }
  }

  @Test func sizesOfNumbersAreExact() {
    let numbers = [
      LinkAttribute.mtu, LinkAttribute.group, LinkAttribute.master, LinkAttribute.link, LinkAttribute.linkNamespace,
      LinkAttribute.operationalState, LinkAttribute.promiscuity, LinkAttribute.queueLength,
    ]
    for type in numbers {
      for size in [0, 3, 5, 8] {
        #expect(throws: MalformedReply.attributeSize(type: type, size: size)) {
          try link { $0.attribute(type, [UInt8](repeating: 1, count: size)) }
        }
      }
    }
  }

  @Test func everyCutOfALinkIsAnError() throws {
    for datagram in [Captured.bridge, Captured.port, Captured.macvlan] {
      // A cut between two attributes leaves a well-formed message, so these places are left out.
      let message = try #require(try Message.all(in: datagram).first)
      var ends: Set<Int> = [32]
      for attribute in try message.attributes(after: ifinfomsg.self).all {
        ends.insert(attribute.value.endIndex)
        ends.formUnion(attribute.value.endIndex...(attribute.value.endIndex + 3) & ~3)
      }
      for length in 16..<datagram.count where !ends.contains(length) {
        #expect(throws: MalformedReply.self, "\(length)") { try captured(cut(datagram, to: length)) }
      }
    }
  }

  @Test func nestedAttributesAreReadAsStrictly() {
    // An attribute inside IFLA_LINKINFO or IFLA_PROP_LIST claims 8 bytes but has 4.
    for type in [LinkAttribute.info, LinkAttribute.properties] {
      #expect(throws: MalformedReply.attributeCut(type: 1)) { try link { $0.attribute(type, bytes("0800 0100")) } }
    }
  }

  /// A link `a` with more attributes.
  private func link(_ body: (inout MessageWriter) -> Void) throws -> Link {
    try captured(
      Reply.message(Int32(RTM_NEWLINK), 0) {
        $0.header(ifinfomsg(index: 7))
        $0.attribute(LinkAttribute.name, string: "a")
        body(&$0)
      })
  }
}
