/// An Ethernet hardware address of 6 bytes, written `02:42:ac:11:00:02`.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
  /// Exactly 6 bytes.
  package let bytes: [UInt8]

  /// Nil unless there are 6 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    self.bytes = Array(bytes)
  }

  /// Parses six hexadecimal pairs between `:` or `-`, or three groups of four between dots; throws `NetworkTypeError.mac`.
  package init(_ text: some StringProtocol) throws(NetworkTypeError) {
    guard let parsed = MACAddress.parse(Array(text.utf8)) else { throw .mac(String(text)) }
    bytes = parsed
  }

  /// Parses the address of one interface. Also throws `.groupMAC` and `.zeroMAC`: the kernel gives an interface neither.
  package init(ofInterface text: some StringProtocol) throws(NetworkTypeError) {
    try self.init(text)
    if isMulticast { throw .groupMAC(self) }
    if isZero { throw .zeroMAC }
  }

  private static func parse(_ text: [UInt8]) -> [UInt8]? {
    let (separator, width): (UInt8, Int)
    switch text.count {
    case 17: (separator, width) = (text[2], 2)
    case 14: (separator, width) = (text[4], 4)
    default: return nil
    }
    let allowed: [UInt8] = width == 2 ? [UInt8(ascii: ":"), UInt8(ascii: "-")] : [UInt8(ascii: ".")]
    guard allowed.contains(separator) else { return nil }
    var digits: [UInt8] = []
    for (i, c) in text.enumerated() {
      if i % (width + 1) == width {
        guard c == separator else { return nil }
      } else {
        guard let digit = hexDigit(c) else { return nil }
        digits.append(digit)
      }
    }
    return stride(from: 0, to: 12, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Whether the group bit is set. No interface may have such an address.
  package var isMulticast: Bool { bytes[0] & 1 != 0 }
  /// The nearest address that an interface can have: the group bit is cleared.
  package var ofSingleInterface: MACAddress { MACAddress(bytes: [bytes[0] & 0xfe] + bytes[1...]) ?? self }

  package var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

  package var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
