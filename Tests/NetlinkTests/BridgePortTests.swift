import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// A bridge's ports in both directions.
@Suite struct BridgePortTests {
  /// A link of index 3, as the captured commands used.
  private func link() throws -> Link { try captured(Captured.port) }

  @Test func portIsRead() throws {
    let link = try captured(Captured.port)
    #expect(link.name == "veth1" && link.kind == .veth && link.master == 2 && link.group == 7)
    #expect(link.parent == 2 && link.parentNamespace == 0)
    #expect(link.alias == "a port" && link.alternativeNames == ["second"])
    let port = try #require(link.port)
    #expect(port.isForwarding && port.hairpin && !port.isolated && port.learning)
  }

  @Test func bridgePortIsSet() throws {
    // bridge link set dev v0 hairpin on isolated on
    let theirs = bytes("3400000013000500eae4036b000000000700000003000000000000000000000014000c8005000400010000000500210001000000")
    let ours = BridgePort.set(try link(), hairpin: true, isolated: true)
    #expect(ours.meaning(header: 16, nests: [[12]: 0]) == Meaning(theirs, header: 16, nests: [[12]: 0]))
  }

  @Test func portOfAnotherMasterIsNone() throws {
    // A bond's port has attributes of its own under the same numbers.
    #expect(try port("bond") { $0.attribute(1, UInt32(1)) } == nil)
  }

  @Test func flagOfAnotherSizeIsAnError() {
    for type in [LinkAttribute.Port.state, LinkAttribute.Port.hairpin, LinkAttribute.Port.isolated, LinkAttribute.Port.learning] {
      #expect(throws: MalformedReply.attributeSize(type: type, size: 2)) { try port("bridge") { $0.attribute(type, UInt16(1)) } }
    }
  }

  private func port(_ master: String, _ data: (inout MessageWriter) -> Void) throws -> BridgePort? {
    try captured(
      Reply.message(Int32(RTM_NEWLINK), 0) {
        $0.header(ifinfomsg(index: 7))
        $0.attribute(LinkAttribute.name, string: "a")
        $0.nest(LinkAttribute.info) {
          $0.attribute(LinkAttribute.Info.slaveKind, string: master)
          $0.nest(LinkAttribute.Info.slaveData, data)
        }
      }
    ).port
  }
}
