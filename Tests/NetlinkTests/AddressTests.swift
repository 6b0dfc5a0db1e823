import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Addresses in both directions.
@Suite struct AddressTests {
  /// A link of index 3, as the captured commands used.
  private func link() throws -> Link { try captured(Captured.port) }

  @Test func addressesAreRead() throws {
    let addresses = try Message.all(in: Captured.addresses).compactMap { try Address($0) }
    #expect(addresses.map(\.cidr.description) == ["10.1.2.3/24", "fd00::1/64", "fe80::ff:fe00:1/64"])
    #expect(addresses.map(\.link) == [2, 2, 2] && addresses.map(\.label) == ["cni0:x", nil, nil])
    #expect(addresses[0].broadcast == ip("10.1.2.255") && addresses.map(\.scope) == [0, 0, 253])
    #expect(addresses.map(\.isTentative) == [false, true, true])
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

  @Test func ownEndOfAPointToPointLinkCounts() throws {
    let address = try address(AF_INET, prefix: 32) {
      $0.attribute(AddressAttribute.address, ip("10.0.0.2").bytes)
      $0.attribute(AddressAttribute.local, ip("10.0.0.1").bytes)
    }
    #expect(address?.cidr == cidr("10.0.0.1/32") && address?.link == 7)
  }

  @Test func otherFamiliesAndMessagesAreSkipped() throws {
    // AF_MCTP (45) and AF_PHONET (35) have addresses of one byte.
    for family in [45, 35] as [Int32] {
      #expect(try address(family, prefix: 0) { $0.attribute(AddressAttribute.local, [8]) } == nil)
    }
    #expect(try Message.all(in: Captured.route).allSatisfy { try Address($0) == nil })
  }

  @Test func brokenAddressesAreErrors() {
    #expect(throws: MalformedReply.attributeMissing(type: 1)) { try address(AF_INET, prefix: 8) { _ in } }
    #expect(throws: MalformedReply.attributeSize(type: 2, size: 16)) {
      try address(AF_INET, prefix: 8) { $0.attribute(AddressAttribute.local, ip("fd00::1").bytes) }
    }
    #expect(throws: MalformedReply.attributeSize(type: 1, size: 4)) {
      try address(AF_INET6, prefix: 8) { $0.attribute(AddressAttribute.address, ip("10.0.0.1").bytes) }
    }
    #expect(throws: MalformedReply.prefixLength(33)) {
      try address(AF_INET, prefix: 33) { $0.attribute(AddressAttribute.local, ip("10.0.0.1").bytes) }
    }
    #expect(throws: MalformedReply.attributeSize(type: 8, size: 1)) {
      try address(AF_INET, prefix: 8) {
        $0.attribute(AddressAttribute.local, ip("10.0.0.1").bytes)
        $0.attribute(AddressAttribute.flags, UInt8(1))
      }
    }
  }

  private func address(_ family: Int32, prefix: UInt8, _ body: (inout MessageWriter) -> Void) throws -> Address? {
    let datagram = Reply.message(Int32(RTM_NEWADDR), 0) {
      $0.header(ifaddrmsg(ifa_family: UInt8(family), ifa_prefixlen: prefix, ifa_flags: 0, ifa_scope: 0, ifa_index: 7))
      body(&$0)
    }
    return try Message.all(in: datagram).first.flatMap { try Address($0) }
  }
}
