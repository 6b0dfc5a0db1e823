import Testing

@testable import Netlink

/// Bytes that no kernel sends. They may give errors, but nothing may crash or hang.
@Suite struct HostileBytesTests {
  private static let all = [
    Captured.bridge, Captured.port, Captured.macvlan, Captured.addresses, Captured.route, Captured.neighbours, Captured.refusal,
    Captured.multipathRoute, Captured.multipathRoute6, Captured.qdiscs, Captured.htbClass, Captured.u32Filters,
    Captured.flowerFilters,
  ]

  /// Decodes a datagram in every way that this module can.
  @discardableResult
  private func decode(_ datagram: [UInt8]) -> Int {
    var found = 0
    for message in (try? Message.all(in: datagram)) ?? [] {
      if (try? Link(message)) != nil { found += 1 }
      if (try? Address(message)) != nil { found += 1 }
      found += (try? Route.all(in: message).count) ?? 0
      if (try? Neighbour(message)) != nil { found += 1 }
      if (2...3).contains(message.type), (try? Acknowledgement(message)) != nil { found += 1 }
      found += (try? BridgeVLAN.all(in: message).count) ?? 0
      if (try? Qdisc(message)) != nil { found += 1 }
      if (try? HTBClass(message)) != nil { found += 1 }
      if (try? Filter(message)) != nil { found += 1 }
    }
    return found
  }

  @Test func everyTruncation() {
    for datagram in Self.all {
      for length in 0...datagram.count {
        decode(Array(datagram[..<length]))
        // The same with a correct length field: the message is complete, but its content is cut.
        if length >= 16 { decode(cut(datagram, to: length)) }
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
    #expect(Self.all.map(decode) == [1, 1, 1, 3, 1, 5, 1, 2, 2, 5, 1, 3, 3])
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
