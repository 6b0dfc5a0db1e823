import Diagnostics
import Policy
import YAML

extension YAMLNode {
  /// Writes the node in the form that `init(_:depth:)` reads.
  func write(to writer: inout BinaryWriter) {
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

  /// Reads a node. `depth` is how many nodes there may still be inside one another.
  init(_ reader: inout BinaryReader, depth: Int = 110) throws(BinaryReader.Damage) {
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
