import System
import YAML

/// A piece of the cache's file that stands for itself: how many bytes it has, their checksum, and they.
enum Block {
  private static let headSize = 12

  static func write(_ bytes: [UInt8], to writer: inout BinaryWriter) {
    writer.number(bytes.count)
    writer.number64(checksum(bytes))
    writer.raw(bytes)
  }

  /// The block at an offset, and the offset behind it; throws where a bit of it is not as it was written.
  static func read(_ file: borrowing TrustedFile, at offset: Int) throws(BinaryReader.Damage) -> (BinaryReader, end: Int) {
    guard let head = file.read(headSize, at: offset) else { throw BinaryReader.Damage() }
    var reader = BinaryReader(head)
    let count = try reader.number()
    let sum = try reader.number64()
    guard let bytes = file.read(count, at: offset + headSize), checksum(bytes) == sum else { throw BinaryReader.Damage() }
    return (BinaryReader(bytes), offset + headSize + count)
  }

  /// Against damage, not against forgery: what differs within eight bytes in a row always has another sum, other differences all but
  /// surely.
  static func checksum(_ bytes: [UInt8]) -> UInt64 {
    // Each step is a one-to-one mapping of the sum. Four sums in turn, since each must wait for its own last step.
    var sums = (1 as UInt64, 2 as UInt64, 3 as UInt64, UInt64(bytes.count))
    bytes.withUnsafeBytes { bytes in
      func word(_ offset: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
      var offset = 0
      while bytes.count - offset >= 32 {
        sums.0 = step(sums.0, word(offset))
        sums.1 = step(sums.1, word(offset + 8))
        sums.2 = step(sums.2, word(offset + 16))
        sums.3 = step(sums.3, word(offset + 24))
        offset += 32
      }
      while offset < bytes.count {
        var last: UInt64 = 0
        for i in 0..<min(8, bytes.count - offset) { last |= UInt64(bytes[offset + i]) << UInt64(8 * i) }
        sums.0 = step(sums.0, last)
        offset += 8
      }
    }
    return step(step(step(sums.0, sums.1), sums.2), sums.3)
  }

  private static func step(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let product = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
    return product << 29 | product >> 35
  }
}
