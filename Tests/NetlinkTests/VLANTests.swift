import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// VLANs on a link, as read.
@Suite struct VLANTests {
  @Test func vlanIsRead() throws {
    guard case .vlan(let vlan) = try kind(VLAN.kind, { $0.attribute(LinkAttribute.VLAN.id, UInt16(100)) }) else {
      Issue.record("no VLAN")
      return
    }
    #expect(vlan.id == 100)
  }

  @Test func idIsNeeded() {
    #expect(throws: MalformedReply.attributeMissing(type: 1)) { try kind(VLAN.kind) { _ in } }
    #expect(throws: MalformedReply.attributeSize(type: 1, size: 4)) {
      try kind(VLAN.kind) { $0.attribute(LinkAttribute.VLAN.id, UInt32(100)) }
    }
  }

  @Test func dataOfOtherKindsIsNotRead() throws {
    #expect(try kind("ipvlan") { $0.attribute(1, bytes("ffff")) } == .other("ipvlan"))
  }
}
