/// One netlink message as it was received.
package struct Message: Sendable {
  package let type: UInt16
  package let flags: UInt16
  package let sequence: UInt32
  /// What follows the header.
  package let payload: ArraySlice<UInt8>

  /// Splits a datagram into its messages; what is cut short is left out.
  package static func all(in datagram: [UInt8]) -> [Message] {
    var found: [Message] = []
    var rest = datagram[...]
    while let message = Message(&rest) { found.append(message) }
    return found
  }

  private init?(_ rest: inout ArraySlice<UInt8>) {
    guard let length = rest.load(UInt32.self, at: 0), length >= 16, Int(length) <= rest.count,
      let type = rest.load(UInt16.self, at: 4),
      let flags = rest.load(UInt16.self, at: 6), let sequence = rest.load(UInt32.self, at: 8)
    else { return nil }
    (self.type, self.flags, self.sequence) = (type, flags, sequence)
    payload = rest.dropFirst(16).prefix(Int(length) - 16)
    rest = rest.dropFirst((Int(length) + 3) & ~3)
  }
}

/// The attributes of a message or of a nested attribute, in the order received; unknown ones included.
package struct Attributes: Sendable {
  package let all: [(type: Int, value: ArraySlice<UInt8>)]

  /// Reads attributes up to the end or to the first that is cut short.
  package init(_ bytes: ArraySlice<UInt8>) {
    var found: [(type: Int, value: ArraySlice<UInt8>)] = []
    var rest = bytes
    while let length = rest.load(UInt16.self, at: 0), let type = rest.load(UInt16.self, at: 2), length >= 4,
      Int(length) <= rest.count
    {
      // The two highest bits say "nested" and "network byte order" (netlink(7), NLA_TYPE_MASK).
      found.append((Int(type & 0x3fff), rest.dropFirst(4).prefix(Int(length) - 4)))
      rest = rest.dropFirst((Int(length) + 3) & ~3)
    }
    all = found
  }

  package subscript(type: Int) -> ArraySlice<UInt8>? { all.last { $0.type == type }?.value }

  package func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: Int, _: T.Type = T.self) -> T? {
    self[type]?.load(T.self, at: 0)
  }

  /// A text, without its final zero byte.
  package func string(_ type: Int) -> String? { self[type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } }

  package func nested(_ type: Int) -> Attributes? { self[type].map(Attributes.init) }
}

extension ArraySlice<UInt8> {
  /// A number in the machine's byte order, `offset` bytes after the start; nil past the end.
  func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int) -> T? {
    guard offset >= 0, count - offset >= MemoryLayout<T>.size else { return nil }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
  }
}
