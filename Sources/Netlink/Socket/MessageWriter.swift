import CLinux

/// Builds the bytes of one netlink message (netlink(7)).
package struct MessageWriter {
  /// The message so far. Its length field is kept right.
  package private(set) var bytes: [UInt8]
  /// NLM_F_*.
  package private(set) var flags: UInt16
  /// Whether an attribute is longer than 65,535 bytes, the most that its length field can say. Such a message must not be sent.
  package private(set) var isTooLong = false

  /// Starts with a header of 16 bytes. `flags` are NLM_F_*. The sequence number is filled in by `append(to:sequence:)`.
  package init(type: UInt16, flags: UInt16) {
    bytes = []
    self.flags = flags
    bytes.reserveCapacity(256)
    append(UInt32(16))
    append(type)
    append(flags)
    append(UInt32(0))
    append(UInt32(0))
  }

  /// Appends a number or C structure in the machine's byte order, padded to four bytes.
  package mutating func header<T: BitwiseCopyable>(_ value: T) {
    append(value)
    pad()
  }

  /// Appends an attribute with these bytes as its value.
  package mutating func attribute(_ type: Int, _ value: some Sequence<UInt8>) {
    let start = bytes.count
    append(UInt16(0))
    append(UInt16(type))
    bytes += value
    close(start)
  }

  /// Appends a number in the machine's byte order.
  package mutating func attribute(_ type: Int, _ value: some FixedWidthInteger & BitwiseCopyable) {
    withUnsafeBytes(of: value) { attribute(type, $0) }
  }

  /// Appends a text with its final zero byte.
  package mutating func attribute(_ type: Int, string: String) { attribute(type, Array(string.utf8) + [0]) }

  /// Appends an attribute that holds the attributes written by `body`.
  package mutating func nest(_ type: Int, _ body: (inout MessageWriter) -> Void) {
    let start = bytes.count
    append(UInt16(0))
    append(UInt16(type))
    body(&self)
    close(start)
  }

  /// The same message with NLM_F_ACK.
  var acknowledged: MessageWriter {
    var message = self
    message.flags |= UInt16(NLM_F_ACK)
    message.patch(6, message.flags)
    return message
  }

  /// Appends the whole message to a datagram.
  package func append(to datagram: inout [UInt8], sequence: UInt32) {
    let start = datagram.count
    datagram += bytes
    withUnsafeBytes(of: sequence) { for (i, byte) in $0.enumerated() { datagram[start + 8 + i] = byte } }
  }

  /// Writes the length of an attribute and of the whole message.
  private mutating func close(_ start: Int) {
    let length = UInt16(exactly: bytes.count - start)
    if length == nil { isTooLong = true }
    patch(start, length ?? .max)
    pad()
  }

  private mutating func pad() {
    while bytes.count % 4 != 0 { bytes.append(0) }
    patch(0, UInt32(bytes.count))
  }

  private mutating func append<T: BitwiseCopyable>(_ value: T) { withUnsafeBytes(of: value) { bytes += $0 } }

  private mutating func patch<T: BitwiseCopyable>(_ offset: Int, _ value: T) {
    withUnsafeBytes(of: value) { for (i, byte) in $0.enumerated() { bytes[offset + i] = byte } }
  }
}
