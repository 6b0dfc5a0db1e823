import Glibc

/// Reads the bytes of a `BinaryWriter`, forward only. Throws at the end of the bytes, and for an impossible value.
///
/// The reader does not own the bytes: their owner must outlive every reader.
package struct BinaryReader {
  /// The bytes are not those of a writer.
  package struct Damage: Error {
    package init() {}
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }

  /// At most 35 bits.
  package mutating func number() throws(Damage) -> Int {
    let byte = try byte()
    // Most numbers fit one byte, and there are very many of them: this path is inlined, the other is not.
    return byte < 0x80 ? Int(byte) : try number(after: byte)
  }

  private mutating func number(after first: UInt8) throws(Damage) -> Int {
    var (byte, value, shift) = (first, 0, 0)
    while true {
      value |= Int(byte & 0x7f) << shift
      shift += 7
      if byte < 0x80 { return value }
      guard shift < 35 else { throw Damage() }
      byte = try self.byte()
    }
  }

  package mutating func word() throws(Damage) -> UInt64 {
    UInt64(littleEndian: try pass(8).loadUnaligned(as: UInt64.self))
  }

  package mutating func byte() throws(Damage) -> UInt8 {
    guard offset < bytes.count else { throw Damage() }
    defer { offset += 1 }
    return bytes[offset]
  }

  package mutating func text() throws(Damage) -> String { String(decoding: try raw(), as: UTF8.self) }

  /// The bytes of a text, in place.
  package mutating func raw() throws(Damage) -> UnsafeRawBufferPointer { try pass(try number()) }

  /// Reads a text. Returns whether it is this one.
  package mutating func text(is wanted: UnsafeRawBufferPointer) throws(Damage) -> Bool {
    let here = try raw()
    guard here.count == wanted.count, let start = here.baseAddress, let other = wanted.baseAddress else {
      return here.isEmpty && wanted.isEmpty
    }
    return memcmp(start, other, here.count) == 0
  }

  package mutating func text(is wanted: String) throws(Damage) -> Bool { try raw().elementsEqual(wanted.utf8) }

  /// Skips a section and gives a reader for it.
  package mutating func section() throws(Damage) -> BinaryReader { BinaryReader(try raw()) }

  /// One of the words, by its number. The bytes must hold nothing but words.
  package func word(_ number: Int) throws(Damage) -> UInt64 {
    var reader = BinaryReader(bytes)
    guard number >= 0, number < bytes.count / 8 else { throw Damage() }
    _ = try reader.pass(8 * number)
    return try reader.word()
  }

  private mutating func pass(_ count: Int) throws(Damage) -> UnsafeRawBufferPointer {
    guard bytes.count - offset >= count else { throw Damage() }
    defer { offset += count }
    return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + offset }, count: count)
  }
}
