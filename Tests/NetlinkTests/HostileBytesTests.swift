import Testing

@testable import Netlink

/// Bytes that no kernel sends: nothing may crash or hang.
@Suite struct HostileBytesTests {
  private static let all = [
    Captured.bridge, Captured.port, Captured.macvlan, Captured.addresses, Captured.route, Captured.neighbours, Captured.refusal,
  ]

  /// Everything that this module makes of a datagram.
  @discardableResult
  private func decode(_ datagram: [UInt8]) -> Int {
    var found = 0
    for message in Message.all(in: datagram) {
      if Link(message) != nil { found += 1 }
      if Address(message) != nil { found += 1 }
      if Route(message) != nil { found += 1 }
      if Neighbour(message) != nil { found += 1 }
      if (2...3).contains(message.type), Acknowledgement(message) != nil { found += 1 }
      found += BridgeVLAN.all(in: message).count
    }
    return found
  }

  @Test func everyTruncation() {
    for datagram in Self.all {
      for length in 0...datagram.count {
        var cut = Array(datagram[..<length])
        decode(cut)
        // The same with a length field that fits, so that the cut is inside.
        guard length >= 16 else { continue }
        for (i, byte) in withUnsafeBytes(of: UInt32(length), Array.init).enumerated() { cut[i] = byte }
        decode(cut)
      }
    }
  }

  @Test func everyByteChanged() {
    for datagram in Self.all {
      for i in datagram.indices {
        for byte in [0, 1, 3, 4, 0x7f, 0x80, 0xff] as [UInt8] {
          var changed = datagram
          changed[i] = byte
          decode(changed)
        }
      }
    }
  }

  @Test func randomChanges() {
    var random = Seeded(state: 20_261_123)
    for _ in 0..<20_000 {
      var datagram = Self.all[Int(random.next() % UInt64(Self.all.count))]
      for _ in 0..<(random.next() % 8 + 1) {
        datagram[Int(random.next() % UInt64(datagram.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      decode(datagram)
    }
  }

  @Test func theUnchangedIsRead() {
    #expect(Self.all.map(decode) == [1, 1, 1, 3, 1, 5, 1])
  }
}

/// The same numbers in every run (xorshift64).
private struct Seeded {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
