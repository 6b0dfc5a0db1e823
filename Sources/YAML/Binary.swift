import Diagnostics
import Glibc

/// Numbers and texts in a row of bytes, least significant byte first: what is kept between two runs of the same program.
package struct BinaryWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// At most 32 bits; what is larger is cut down to what these hold.
  package mutating func number(_ value: Int) {
    withUnsafeBytes(of: UInt32(clamping: value).littleEndian) { bytes += $0 }
  }

  package mutating func number64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
  package mutating func byte(_ value: UInt8) { bytes.append(value) }
  package mutating func text(_ text: String) { self.text(Array(text.utf8)) }

  /// Their number first.
  package mutating func text(_ text: [UInt8]) {
    number(text.count)
    bytes += text
  }

  /// As they are.
  package mutating func raw(_ more: [UInt8]) { bytes += more }

  package mutating func range(_ range: SourceRange) {
    number(range.lowerBound)
    number(range.upperBound)
  }

  /// What the closure writes, with its length first, so that a reader can pass over it.
  package mutating func section(_ write: (inout BinaryWriter) -> Void) {
    let start = bytes.count
    number(0)
    write(&self)
    withUnsafeBytes(of: UInt32(clamping: bytes.count - start - 4).littleEndian) { length in
      for (i, byte) in length.enumerated() { bytes[start + i] = byte }
    }
  }
}

/// Reads what `BinaryWriter` wrote, forward only; past the end, and where something cannot be, it throws.
package struct BinaryReader {
  package struct Damage: Error {
    package init() {}
  }

  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  package init(_ bytes: [UInt8]) { (self.bytes, offset, end) = (bytes, 0, bytes.count) }

  private init(_ bytes: [UInt8], _ range: Range<Int>) { (self.bytes, offset, end) = (bytes, range.lowerBound, range.upperBound) }

  package var isAtEnd: Bool { offset == end }

  package mutating func number() throws(Damage) -> Int {
    let range = try pass(4)
    return bytes.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self)))
    }
  }

  package mutating func number64() throws(Damage) -> UInt64 {
    let range = try pass(8)
    return bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)) }
  }

  package mutating func byte() throws(Damage) -> UInt8 { bytes[try pass(1).lowerBound] }

  package mutating func text() throws(Damage) -> String {
    let range = try pass(try number())
    return String(decoding: bytes[range], as: UTF8.self)
  }

  /// Reads a text: whether it is this one.
  package mutating func text(is wanted: [UInt8]) throws(Damage) -> Bool {
    let range = try pass(try number())
    guard range.count == wanted.count else { return false }
    return wanted.isEmpty
      || bytes.withUnsafeBytes { here in
        wanted.withUnsafeBytes { memcmp(here.baseAddress! + range.lowerBound, $0.baseAddress!, range.count) == 0 }
      }
  }

  /// Reads a text and looks at it where it lies.
  package mutating func text(_ look: (UnsafeBufferPointer<UInt8>) -> Bool) throws(Damage) -> Bool {
    let range = try pass(try number())
    return bytes.withUnsafeBufferPointer { look(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  package mutating func skipText() throws(Damage) { _ = try pass(try number()) }

  package mutating func range() throws(Damage) -> SourceRange {
    let lower = try number()
    let upper = try number()
    guard lower <= upper else { throw Damage() }
    return SourceRange(lower..<upper)
  }

  /// Passes over a section, for which there is another reader then.
  package mutating func section() throws(Damage) -> BinaryReader { BinaryReader(bytes, try pass(try number())) }

  private mutating func pass(_ count: Int) throws(Damage) -> Range<Int> {
    guard end - offset >= count else { throw Damage() }
    defer { offset += count }
    return offset..<offset + count
  }
}
