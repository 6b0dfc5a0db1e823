import Diagnostics
import Glibc

/// Numbers and texts in a row of bytes: what is kept between two runs of the same program.
struct BinaryWriter {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// Seven bits in a byte, the least significant first; all but the last have the highest bit (LEB128). Not negative.
  mutating func number(_ value: Int) {
    var left = UInt(value)
    while left > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
      left >>= 7
    }
    bytes.append(UInt8(left))
  }

  /// Eight bytes, the least significant first.
  mutating func word(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
  mutating func byte(_ value: UInt8) { bytes.append(value) }
  mutating func text(_ text: String) { self.text(Array(text.utf8)) }

  /// Their number first.
  mutating func text(_ text: [UInt8]) {
    number(text.count)
    bytes += text
  }

  /// As they are.
  mutating func raw(_ more: [UInt8]) { bytes += more }

  mutating func range(_ range: SourceRange) {
    number(range.lowerBound)
    number(range.offsets.count)
  }

  /// What the closure writes, with its length first, so that a reader can pass over it.
  mutating func section(_ write: (inout BinaryWriter) -> Void) {
    var inner = BinaryWriter()
    write(&inner)
    text(inner.bytes)
  }
}

/// Reads what `BinaryWriter` wrote, forward only; past the end, and where something cannot be, it throws.
///
/// The bytes are somebody else's, who keeps them as long as anything reads them.
struct BinaryReader {
  struct Damage: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  /// At most 35 bits.
  mutating func number() throws(Damage) -> Int {
    let byte = try byte()
    // Most numbers are small, and there are very many of them.
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

  mutating func word() throws(Damage) -> UInt64 {
    UInt64(littleEndian: try pass(8).loadUnaligned(as: UInt64.self))
  }

  mutating func byte() throws(Damage) -> UInt8 {
    guard offset < bytes.count else { throw Damage() }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func text() throws(Damage) -> String { String(decoding: try raw(), as: UTF8.self) }

  /// The bytes of a text, where they lie.
  mutating func raw() throws(Damage) -> UnsafeRawBufferPointer { try pass(try number()) }

  /// Reads a text: whether it is this one.
  mutating func text(is wanted: UnsafeRawBufferPointer) throws(Damage) -> Bool {
    let here = try raw()
    guard here.count == wanted.count, let start = here.baseAddress, let other = wanted.baseAddress else {
      return here.isEmpty && wanted.isEmpty
    }
    return memcmp(start, other, here.count) == 0
  }

  mutating func text(is wanted: String) throws(Damage) -> Bool { try raw().elementsEqual(wanted.utf8) }

  mutating func range() throws(Damage) -> SourceRange {
    let lower = try number()
    return SourceRange(lower..<lower + (try number()))
  }

  /// Passes over a section, for which there is another reader then.
  mutating func section() throws(Damage) -> BinaryReader { BinaryReader(try raw()) }

  /// The word of that number in a row of nothing but words.
  func word(_ number: Int) throws(Damage) -> UInt64 {
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
