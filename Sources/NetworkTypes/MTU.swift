/// The largest packet of a link in bytes, without its link-layer header: 68 (RFC 791) to 65535.
package struct MTU: Hashable, Sendable, CustomStringConvertible {
  package let bytes: UInt32

  /// Throws `NetworkTypeError.mtu` when the number is out of range.
  package init(_ bytes: Int) throws(NetworkTypeError) {
    guard (68...65535).contains(bytes) else { throw .mtu(bytes) }
    self.bytes = UInt32(bytes)
  }

  package var description: String { String(bytes) }
}
