import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Bridges in both directions.
@Suite struct BridgeTests {
  @Test func bridgeIsRead() throws {
    let link = try captured(Captured.bridge)
    #expect(link.index == 2 && link.name == "cni0" && link.mtu == 1400)
    #expect(link.mac == mac("02:00:00:00:00:01"))
    #expect(link.isUp && link.isPromiscuous && link.isRunning && link.hasCarrier && link.promiscuity == 1)
    #expect(link.kind == .bridge(Bridge(vlanFiltering: false, defaultPVID: nil)))
    #expect(link.master == nil && link.parent == nil && link.parentNamespace == nil && link.port == nil)
    #expect(link.queueLength == 1000 && link.group == 0 && link.alias == nil && link.alternativeNames == [])
  }

  @Test func bridgeIsMade() throws {
    // ip link add br0 type bridge
    let theirs = bytes(
      "3800000010000506e8e4036b00000000000000000000000000000000000000000800030062723000 1000 1200 0a000100 6272696467650000")
    let ours = NewLink(name: name("br0"), kind: .bridge(Bridge())).request
    // ip(8) leaves an empty IFLA_INFO_DATA out. For the kernel this makes no difference.
    #expect(ours.message.bytes.dropFirst(16).starts(with: theirs[16..<40]))
    #expect(ours.message.flags == 0x605 && ours.object == "br0 (bridge)" && ours.operation == .addLink)
  }

  @Test func vlanFilteringComesBack() throws {
    let bridge = Bridge(vlanFiltering: true, defaultPVID: 0)
    #expect(try kind(NewLink(name: name("br0"), kind: .bridge(bridge)).request) == .bridge(bridge))
  }

  @Test func numberOfAnotherSizeIsAnError() {
    for (type, size) in [(LinkAttribute.Bridge.vlanFiltering, 2), (LinkAttribute.Bridge.defaultPVID, 4)] {
      #expect(throws: MalformedReply.attributeSize(type: type, size: size)) {
        try kind(Bridge.kind) { $0.attribute(type, [UInt8](repeating: 0, count: size)) }
      }
    }
  }
}
