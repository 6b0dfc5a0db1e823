import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Messages as bytes.
@Suite struct MessageWriterTests {
  @Test func lengthsAreRightAndPadded() {
    var writer = MessageWriter(type: 1, flags: 2)
    writer.attribute(7, [1, 2, 3, 4, 5])
    writer.nest(8) { $0.attribute(9, UInt8(1)) }
    #expect(
      writer.bytes == bytes("28000000 0100 0200 00000000 00000000 0900 0700 0102030405000000 0c00 0800 0500 0900 01000000"))
    var datagram: [UInt8] = []
    writer.append(to: &datagram, sequence: 0x0102_0304)
    #expect(datagram[8..<12] == [4, 3, 2, 1])
  }

  @Test func whatNoLengthFieldHoldsIsMarked() {
    var writer = MessageWriter(type: 1, flags: 2)
    writer.attribute(7, [UInt8](repeating: 0, count: 65531))
    #expect(!writer.isTooLong)
    writer.attribute(7, [UInt8](repeating: 0, count: 65532))
    #expect(writer.isTooLong)
  }
}
