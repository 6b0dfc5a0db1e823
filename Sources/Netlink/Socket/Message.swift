import CLinux

/// One netlink message as it was received.
package struct Message: Sendable {
  package let type: UInt16
  /// NLM_F_*.
  package let flags: UInt16
  package let sequence: UInt32
  /// The bytes after netlink's own header.
  package let payload: ArraySlice<UInt8>

  /// Splits a datagram into its messages.
  package static func all(in datagram: [UInt8]) throws(MalformedReply) -> [Message] {
    var found: [Message] = []
    var rest = datagram[...]
    while !rest.isEmpty { found.append(try Message(&rest)) }
    return found
  }

  /// Takes the first message off `rest`.
  private init(_ rest: inout ArraySlice<UInt8>) throws(MalformedReply) {
    let header = 16
    guard let length = rest.load(UInt32.self, at: 0), let type = rest.load(UInt16.self, at: 4),
      let flags = rest.load(UInt16.self, at: 6), let sequence = rest.load(UInt32.self, at: 8),
      length >= header, Int(length) <= rest.count
    else { throw .messageCut(size: rest.count) }
    (self.type, self.flags, self.sequence) = (type, flags, sequence)
    payload = rest.dropFirst(header).prefix(Int(length) - header)
    rest = rest.dropFirst((Int(length) + 3) & ~3)
  }

  /// The structure that stands before the attributes, such as `ifinfomsg`.
  func header<T: BitwiseCopyable>(_: T.Type) throws(MalformedReply) -> T {
    guard let header = payload.load(T.self, at: 0) else {
      throw .headerCut(size: payload.count, needed: MemoryLayout<T>.size)
    }
    return header
  }

  /// The attributes after a structure, such as `ifinfomsg`.
  func attributes<T: BitwiseCopyable>(after _: T.Type) throws(MalformedReply) -> Attributes {
    try Attributes(payload.dropFirst(MemoryLayout<T>.size))
  }
}

extension ArraySlice<UInt8> {
  /// A number or C structure in the machine's byte order, `offset` bytes after the start. Nil if not all of it is there.
  func load<T: BitwiseCopyable>(_: T.Type, at offset: Int) -> T? {
    guard offset >= 0, count - offset >= MemoryLayout<T>.size else { return nil }
    return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
  }
}
