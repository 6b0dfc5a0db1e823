import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Neighbours in both directions.
@Suite struct NeighbourTests {
  /// A link of index 3, as the captured commands used.
  private func link() throws -> Link { try captured(Captured.port) }

  @Test func neighboursAreRead() throws {
    let messages = try Message.all(in: Captured.neighbours)
    #expect(messages.last?.type == UInt16(3))
    let permanent = try #require(try messages.compactMap { try Neighbour($0) }.first { $0.isPermanent })
    #expect(permanent.address == ip("10.1.2.9") && permanent.mac == mac("02:00:00:00:00:09") && permanent.link == 2)
  }

  @Test func neighbourIsSet() throws {
    // ip neigh replace 10.1.2.9 lladdr 02:00:00:00:00:09 dev v1 nud permanent
    let theirs = bytes("300000001c000505eae4036b00000000020000000300000080000000080001000a0102090a0002000200000000090000")
    let ours = Neighbour.set(ip("10.1.2.9"), mac: mac("02:00:00:00:00:09"), on: try link())
    #expect(ours.meaning(header: 12) == Meaning(theirs, header: 12))
  }

  @Test func neighboursWithoutAnIPAddressAreSkipped() throws {
    // A bridge's forwarding entry (AF_BRIDGE), and one without NDA_DST.
    #expect(try neighbour(AF_BRIDGE) { $0.attribute(NeighbourAttribute.mac, [2, 0, 0, 0, 0, 1]) } == nil)
    #expect(try neighbour(AF_INET) { $0.attribute(NeighbourAttribute.mac, [2, 0, 0, 0, 0, 1]) } == nil)
    #expect(try Message.all(in: Captured.route).allSatisfy { try Neighbour($0) == nil })
  }

  @Test func hardwareAddressMayBeUnknownOrLong() throws {
    #expect(try neighbour(AF_INET) { $0.attribute(NeighbourAttribute.address, ip("10.0.0.1").bytes) }?.mac == nil)
    let long = try neighbour(AF_INET6) {
      $0.attribute(NeighbourAttribute.address, ip("fd00::1").bytes)
      $0.attribute(NeighbourAttribute.mac, [UInt8](repeating: 1, count: 20))
    }
    #expect(long?.address == ip("fd00::1") && long?.mac == nil)
  }

  @Test func addressOfAnotherFamilyIsAnError() {
    #expect(throws: MalformedReply.attributeSize(type: 1, size: 16)) {
      try neighbour(AF_INET) { $0.attribute(NeighbourAttribute.address, ip("fd00::1").bytes) }
    }
  }

  private func neighbour(_ family: Int32, _ body: (inout MessageWriter) -> Void) throws -> Neighbour? {
    let datagram = Reply.message(Int32(RTM_NEWNEIGH), 0) {
      var header = ndmsg()
      (header.ndm_family, header.ndm_ifindex) = (UInt8(family), 7)
      $0.header(header)
      body(&$0)
    }
    return try Message.all(in: datagram).first.flatMap { try Neighbour($0) }
  }
}
