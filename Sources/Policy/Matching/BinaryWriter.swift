/// Writes numbers and texts as bytes, for a later run of the same program.
package struct BinaryWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Writes a number that is not negative as LEB128: seven bits in a byte, the least significant first; all bytes but the last have
  /// the highest bit.
  package mutating func number(_ value: Int) {
    var left = UInt(value)
    while left > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
      left >>= 7
    }
    bytes.append(UInt8(left))
  }

  /// Writes eight bytes, the least significant first.
  package mutating func word(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
  package mutating func byte(_ value: UInt8) { bytes.append(value) }
  package mutating func text(_ text: String) { self.text(Array(text.utf8)) }

  /// Writes the number of bytes, then the bytes.
  package mutating func text(_ text: [UInt8]) {
    number(text.count)
    bytes += text
  }

  /// Writes the bytes alone.
  package mutating func raw(_ more: [UInt8]) { bytes += more }

  /// Writes the length of what the closure writes, then the bytes. The length lets a reader skip them.
  package mutating func section(_ write: (inout BinaryWriter) -> Void) {
    var inner = BinaryWriter()
    write(&inner)
    text(inner.bytes)
  }
}
