import Policy
import System

/// A part of the cache's file that can be read without the others: the number of its bytes, their checksum, and the bytes.
struct ChecksummedBlock: ~Copyable {
  private let content: OwnedBytes
  /// The offset of the first byte after the block.
  let end: Int

  private static let headSize = 16

  static func write(_ bytes: [UInt8], to writer: inout BinaryWriter) {
    writer.word(UInt64(bytes.count))
    writer.word(bytes.withUnsafeBytes { checksum($0) })
    writer.raw(bytes)
  }

  /// Reads the block at an offset. Throws if a bit of it has changed since it was written.
  init(_ file: borrowing TrustedFile, at offset: Int) throws(BinaryReader.Damage) {
    guard let head = file.read(Self.headSize, at: offset) else { throw BinaryReader.Damage() }
    var reader = BinaryReader(head.bytes)
    let (count, sum) = (try reader.word(), try reader.word())
    withExtendedLifetime(head) {}
    guard let size = Int(exactly: count), let bytes = file.read(size, at: offset + Self.headSize),
      Self.checksum(bytes.bytes) == sum
    else { throw BinaryReader.Damage() }
    content = bytes
    end = offset + Self.headSize + size
  }

  /// Valid as long as the block lives.
  var reader: BinaryReader { BinaryReader(content.bytes) }

  /// Reads the block at an offset and gives its bytes to `body`.
  static func read<T>(
    _ file: borrowing TrustedFile, at offset: Int, _ body: (inout BinaryReader) throws(BinaryReader.Damage) -> T
  ) throws(BinaryReader.Damage) -> T {
    let block = try ChecksummedBlock(file, at: offset)
    defer { withExtendedLifetime(block) {} }
    var reader = block.reader
    return try body(&reader)
  }

  /// A checksum against damage, not against forgery. A change within one word of eight bytes always changes the sum; other changes
  /// almost always do.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    // Each step maps the sum one to one. There are four sums because a step has to wait for the one before on the same sum.
    var sums = (1 as UInt64, 2 as UInt64, 3 as UInt64, UInt64(bytes.count))
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
    return step(step(step(sums.0, sums.1), sums.2), sums.3)
  }

  static func checksum(of text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes { checksum($0) } }

  private static func step(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let product = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
    return product << 29 | product >> 35
  }
}
