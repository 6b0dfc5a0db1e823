/// The attributes of a message or of a nested attribute, in the order received, unknown ones included (netlink(7)).
package struct Attributes: Sendable {
  package let all: [(type: Int, value: ArraySlice<UInt8>)]

  /// Reads attributes up to the end. Throws `MalformedReply.attributeCut`.
  package init(_ bytes: ArraySlice<UInt8>) throws(MalformedReply) {
    let header = 4
    var found: [(type: Int, value: ArraySlice<UInt8>)] = []
    var rest = bytes
    while rest.count >= header, let length = rest.load(UInt16.self, at: 0), let type = rest.load(UInt16.self, at: 2) {
      // The two highest bits say "nested" and "network byte order" (NLA_TYPE_MASK).
      let type = Int(type & 0x3fff)
      guard length >= header, Int(length) <= rest.count else { throw .attributeCut(type: type) }
      found.append((type, rest.dropFirst(header).prefix(Int(length) - header)))
      rest = rest.dropFirst((Int(length) + 3) & ~3)
    }
    // Zeros at the end are padding, which the kernel's own parser accepts too. Anything else is the start of an attribute.
    guard rest.allSatisfy({ $0 == 0 }) else { throw .attributeCut(type: nil) }
    all = found
  }

  /// The value of an attribute. If there are several of one type the last counts, as in the kernel's own parser.
  package subscript(type: Int) -> ArraySlice<UInt8>? { all.last { $0.type == type }?.value }

  /// A number in the machine's byte order. Throws `MalformedReply.attributeSize` unless the value is exactly one.
  package func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: Int, _: T.Type = T.self) throws(MalformedReply) -> T? {
    guard let value = self[type] else { return nil }
    guard value.count == MemoryLayout<T>.size, let number = value.load(T.self, at: 0) else {
      throw .attributeSize(type: type, size: value.count)
    }
    return number
  }

  /// A text without its final zero byte. Bytes that are no UTF-8 become U+FFFD: the kernel does not care for encodings.
  package func string(_ type: Int) -> String? { self[type].map(Self.text) }

  /// The attributes inside an attribute.
  package func nested(_ type: Int) throws(MalformedReply) -> Attributes? {
    guard let value = self[type] else { return nil }
    return try Attributes(value)
  }

  /// Turns a missing attribute into `MalformedReply.attributeMissing`.
  func required<T>(_ type: Int, _ value: T?) throws(MalformedReply) -> T {
    guard let value else { throw .attributeMissing(type: type) }
    return value
  }

  static func text(_ value: ArraySlice<UInt8>) -> String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}
