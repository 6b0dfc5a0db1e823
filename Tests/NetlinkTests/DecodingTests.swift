import CLinux
import NetworkTypes
import System
import Testing

@testable import Netlink

/// What the kernel said, read back.
@Suite struct DecodingTests {
  @Test func bridgeIsRead() throws {
    let link = try captured(Captured.bridge)
    #expect(link.index == 2 && link.name == "cni0" && link.mtu == 1400)
    #expect(link.mac == mac("02:00:00:00:00:01"))
    #expect(link.isUp && link.isPromiscuous && link.isRunning && link.hasCarrier && link.promiscuity == 1)
    #expect(link.kind == .bridge(Bridge(vlanFiltering: false, defaultPVID: nil)))
    #expect(link.master == nil && link.parent == nil && link.parentNamespace == nil && link.port == nil)
    #expect(link.queueLength == 1000 && link.group == 0 && link.alias == nil && link.alternativeNames == [])
  }

  @Test func portIsRead() throws {
    let link = try captured(Captured.port)
    #expect(link.name == "veth1" && link.kind == .veth && link.master == 2 && link.group == 7)
    #expect(link.parent == 2 && link.parentNamespace == 0)
    #expect(link.alias == "a port" && link.alternativeNames == ["second"])
    let port = try #require(link.port)
    #expect(port.isForwarding && port.hairpin && !port.isolated && port.learning)
  }

  @Test func macvlanIsRead() throws {
    let link = try captured(Captured.macvlan)
    #expect(link.kind == .macvlan(Macvlan(mode: .private, broadcastQueueLength: 500)))
    #expect(link.parent == 5 && link.parentNamespace == 0 && !link.isUp && !link.hasCarrier)
  }

  @Test func unknownAttributesAreKept() throws {
    // IFLA_QDISC (6), of which this module makes nothing.
    #expect(try captured(Captured.bridge).attributes.string(6) == "noqueue")
  }

  @Test func addressesAreRead() throws {
    let addresses = Message.all(in: Captured.addresses).compactMap(Address.init)
    #expect(addresses.map(\.cidr.description) == ["10.1.2.3/24", "fd00::1/64", "fe80::ff:fe00:1/64"])
    #expect(addresses.map(\.link) == [2, 2, 2] && addresses.map(\.label) == ["cni0:x", nil, nil])
    #expect(addresses[0].broadcast == ip("10.1.2.255") && addresses.map(\.scope) == [0, 0, 253])
    #expect(addresses.map(\.isTentative) == [false, true, true])
  }

  @Test func routeIsRead() throws {
    let route = try #require(Message.all(in: Captured.route).compactMap(Route.init).first)
    var expected = Route(
      to: cidr("192.0.2.0/24"), via: ip("10.1.2.1"), link: 2, source: ip("10.1.2.3"), priority: 50, table: 300,
      scope: 0, mtu: 1400, advertisedMSS: 1300, isOnLink: true)
    expected.protocol = UInt8(RTPROT_BOOT)
    #expect(route == expected)
  }

  @Test func neighboursAreRead() throws {
    let messages = Message.all(in: Captured.neighbours)
    #expect(messages.last?.type == UInt16(3))
    let permanent = try #require(messages.compactMap(Neighbour.init).first { $0.isPermanent })
    #expect(permanent.address == ip("10.1.2.9") && permanent.mac == mac("02:00:00:00:00:09") && permanent.link == 2)
  }

  @Test func refusalHasTheKernelsWords() throws {
    let message = try #require(Message.all(in: Captured.refusal).first)
    let acknowledgement = try #require(Acknowledgement(message))
    #expect(acknowledgement.errno == .invalidArgument && acknowledgement.text == "mtu greater than device maximum")
    let error = acknowledgement.failure(of: LinkChange(mtu: try MTU(65535)).request(2, label: "eth0"))
    #expect(error?.description == "set link eth0: Invalid argument (kernel: mtu greater than device maximum)")
  }

  @Test func cappedRefusalIsRead() throws {
    // The same with NETLINK_CAP_ACK: NLM_F_CAPPED (0x100), of the request only the header.
    var short = Captured.refusal
    short.removeSubrange(36..<60)
    short[0] = UInt8(short.count)
    short[7] |= 0x01
    let acknowledgement = try #require(Message.all(in: short).first.flatMap { Acknowledgement($0) })
    #expect(acknowledgement == Acknowledgement(errno: .invalidArgument, text: "mtu greater than device maximum"))
  }

  @Test func acknowledgementIsNoError() throws {
    let datagram = bytes("2400000002000001e8e4036b21530000000000003800000010000506e8e4036b00000000")
    let message = try #require(Message.all(in: datagram).first)
    #expect(Acknowledgement(message) == Acknowledgement(errno: nil, text: ""))
  }

  @Test func endOfADumpCanBeAnError() throws {
    // NLMSG_DONE with -EOPNOTSUPP.
    let message = try #require(Message.all(in: bytes("14000000 0300 0200 00000000 00000000 a1ffffff")).first)
    #expect(Acknowledgement(message)?.errno == .notSupported || Acknowledgement(message)?.errno?.rawValue == 95)
  }

  @Test func codesThatAreNoErrnoAreErrors() throws {
    for code in ["00000080", "01000000", "ffffff7f", "00f0ffff"] {
      let message = try #require(Message.all(in: bytes("14000000 0200 0000 00000000 00000000" + code)).first)
      #expect(Acknowledgement(message)?.errno == .protocolError, "\(code)")
    }
  }

  @Test func vlanRangesAreReadWhole() throws {
    // RTM_NEWLINK of AF_BRIDGE, index 3: 1 pvid untagged, 20-22, and a range without its begin.
    let datagram = bytes(
      """
      44000000 1000 0200 00000000 00000000 07000000 03000000 00000000 00000000
      24001a00 08000200 06000100 08000200 08001400 08000200 10001600 08000200 10004000
      """)
    let message = try #require(Message.all(in: datagram).first)
    let vlans = BridgeVLAN.all(in: message)
    #expect(vlans.map(\.id) == [1, 20, 21, 22, 64])
    #expect(vlans.filter(\.isPVID).map(\.id) == [1] && vlans.filter(\.isUntagged).map(\.id) == [1])
  }
}
