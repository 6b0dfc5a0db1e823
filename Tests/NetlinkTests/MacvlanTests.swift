import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Macvlans in both directions.
@Suite struct MacvlanTests {
  @Test func macvlanIsRead() throws {
    let link = try captured(Captured.macvlan)
    #expect(link.kind == .macvlan(Macvlan(mode: .private, broadcastQueueLength: 500)))
    #expect(link.parent == 5 && link.parentNamespace == 0 && !link.isUp && !link.hasCarrier)
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

  @Test func everyModeComesBack() throws {
    for mode in Macvlan.Mode.allCases {
      let macvlan = Macvlan(mode: mode, broadcastQueueLength: mode == .source ? 12 : nil)
      #expect(try kind(NewLink(name: name("m0"), kind: .macvlan(macvlan, parent: 4)).request) == .macvlan(macvlan))
    }
  }

  @Test func newerModeIsReadAsTheDefault() throws {
    #expect(try kind(Macvlan.kind) { $0.attribute(LinkAttribute.Macvlan.mode, UInt32(32)) } == .macvlan(Macvlan(mode: .vepa)))
  }

  @Test func numberOfAnotherSizeIsAnError() {
    for type in [LinkAttribute.Macvlan.mode, LinkAttribute.Macvlan.broadcastQueueLength] {
      #expect(throws: MalformedReply.attributeSize(type: type, size: 2)) {
        try kind(Macvlan.kind) { $0.attribute(type, UInt16(1)) }
      }
    }
  }
}
