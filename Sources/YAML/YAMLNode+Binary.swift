import Diagnostics
import Glibc

/// Numbers and texts in a row of bytes, least significant byte first: what a node is kept in between two runs of the same program.
package struct BinaryWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func number(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
  package mutating func number(_ value: Int) { number(UInt32(clamping: value)) }
  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func text(_ text: String) { self.text(Array(text.utf8)) }

  package mutating func text(_ text: [UInt8]) {
    number(text.count)
    bytes += text
  }

  /// What another writer wrote.
  package mutating func raw(_ more: [UInt8]) { bytes += more }

  package mutating func range(_ range: SourceRange) {
    number(range.lowerBound)
    number(range.upperBound)
  }

  /// Puts a number in place of one that was written before.
  package mutating func replace(at offset: Int, _ value: Int) {
    for (i, byte) in withUnsafeBytes(of: UInt32(clamping: value).littleEndian, Array.init).enumerated() {
      bytes[offset + i] = byte
    }
  }
}

/// Reads what `BinaryWriter` wrote; past the end, and where something cannot be, it throws.
package struct BinaryReader {
  package struct Damage: Error {
    package init() {}
  }

  private let bytes: UnsafeRawBufferPointer
  package var offset: Int

  package init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) { (self.bytes, self.offset) = (bytes, offset) }

  package mutating func number() throws(Damage) -> Int {
    guard offset >= 0, bytes.count - offset >= 4 else { throw Damage() }
    defer { offset += 4 }
    return Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  package mutating func byte() throws(Damage) -> UInt8 {
    guard bytes.indices.contains(offset) else { throw Damage() }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// The bytes of a text, where they lie.
  package mutating func raw() throws(Damage) -> UnsafeRawBufferPointer {
    let count = try number()
    guard bytes.count - offset >= count else { throw Damage() }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  /// Passes over so many bytes; whether a part of a text starts with them, or is just them.
  package mutating func skip(_ count: Int, isStartOf text: [UInt8], in range: Range<Int>, whole: Bool) throws(Damage) -> Bool {
    guard count >= 0, bytes.count - offset >= count else { throw Damage() }
    defer { offset += count }
    guard whole ? count == range.count : count <= range.count else { return false }
    guard count > 0 else { return true }
    return text.withUnsafeBytes { memcmp($0.baseAddress! + range.lowerBound, bytes.baseAddress! + offset, count) == 0 }
  }

  package mutating func text() throws(Damage) -> String { String(decoding: try raw(), as: UTF8.self) }

  package mutating func range() throws(Damage) -> SourceRange {
    let lower = try number()
    let upper = try number()
    guard lower <= upper else { throw Damage() }
    return SourceRange(lower..<upper)
  }
}

extension YAMLNode {
  package func write(to writer: inout BinaryWriter) {
    writer.range(range)
    switch content {
    case .scalar(let scalar):
      writer.byte(0)
      writer.byte(scalar.style.number)
      writer.byte(scalar.value.number)
      writer.text(scalar.text)
    case .sequence(let items):
      writer.byte(1)
      writer.number(items.count)
      for item in items { item.write(to: &writer) }
    case .mapping(let pairs):
      writer.byte(2)
      writer.number(pairs.count)
      for pair in pairs {
        writer.text(pair.key)
        writer.range(pair.keyRange)
        pair.value.write(to: &writer)
      }
    }
  }

  /// Reads a node; `depth` is how many more there may be inside one another.
  package init(_ reader: inout BinaryReader, depth: Int = 110) throws(BinaryReader.Damage) {
    guard depth > 0 else { throw BinaryReader.Damage() }
    let range = try reader.range()
    switch try reader.byte() {
    case 0:
      let style = try reader.byte()
      let value = try reader.byte()
      guard let style = YAMLScalar.Style(number: style), let value = YAMLValue(number: value) else { throw BinaryReader.Damage() }
      self.init(.scalar(YAMLScalar(text: try reader.text(), style: style, value: value)), range)
    case 1:
      var items: [YAMLNode] = []
      for _ in 0..<(try reader.number()) { items.append(try YAMLNode(&reader, depth: depth - 1)) }
      self.init(.sequence(items), range)
    case 2:
      var pairs: [YAMLPair] = []
      for _ in 0..<(try reader.number()) {
        let key = try reader.text()
        let keyRange = try reader.range()
        pairs.append(YAMLPair(key: key, keyRange: keyRange, value: try YAMLNode(&reader, depth: depth - 1)))
      }
      self.init(.mapping(pairs), range)
    default: throw BinaryReader.Damage()
    }
  }
}

extension YAMLScalar.Style {
  private static let all: [YAMLScalar.Style] = [.plain, .singleQuoted, .doubleQuoted, .literal, .folded]

  fileprivate var number: UInt8 { UInt8(Self.all.firstIndex(of: self) ?? 0) }

  fileprivate init?(number: UInt8) {
    guard Self.all.indices.contains(Int(number)) else { return nil }
    self = Self.all[Int(number)]
  }
}

extension YAMLValue {
  private static let all: [YAMLValue] = [
    .null, .bool(false), .bool(true), .integer(.decimal), .integer(.octal), .integer(.hexadecimal), .float(.finite),
    .float(.infinite), .float(.notANumber), .string,
  ]

  fileprivate var number: UInt8 { UInt8(Self.all.firstIndex(of: self) ?? 0) }

  fileprivate init?(number: UInt8) {
    guard Self.all.indices.contains(Int(number)) else { return nil }
    self = Self.all[Int(number)]
  }
}
