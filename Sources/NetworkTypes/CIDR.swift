/// An address with a prefix length, as `ip address` writes it: `10.1.2.3/24`.
///
/// The host bits are kept; `network` drops them.
package struct CIDR: Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  /// 0 to 32 or 0 to 128.
  package let prefixLength: Int

  /// Throws `NetworkTypeError.prefixLength` when the length does not fit the family.
  package init(_ address: IPAddress, prefixLength: Int) throws(NetworkTypeError) {
    guard (0...address.family.bits).contains(prefixLength) else {
      throw .prefixLength("\(address)/\(prefixLength)", max: address.family.bits)
    }
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Parses `address/length`; throws `NetworkTypeError.cidr` or `.prefixLength`.
  package init(_ text: some StringProtocol) throws(NetworkTypeError) {
    let parts = text.split(at: "/")
    guard parts.count == 2 else { throw .cidr(String(text)) }
    guard let address = try? IPAddress(parts[0]), (1...3).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let length = Int(parts[1])
    else { throw .cidr(String(text)) }
    try self.init(address, prefixLength: length)
  }

  /// A single address: /32 or /128.
  package init(host address: IPAddress) {
    self.address = address
    prefixLength = address.family.bits
  }

  package var family: AddressFamily { address.family }

  /// The bits that hosts may use, as a number.
  package var hostMask: UInt128 {
    let bits = family.bits - prefixLength
    return bits == 128 ? .max : (1 << UInt128(bits)) - 1
  }

  /// The same prefix with the host bits zero.
  package var network: CIDR { CIDR(unchecked: IPAddress(family: family, value: address.value & ~hostMask), prefixLength) }
  /// The last address of the network; for IPv4 prefixes up to /30 that is the broadcast address.
  package var last: IPAddress { IPAddress(family: family, value: address.value | hostMask) }

  package func contains(_ other: IPAddress) -> Bool {
    other.family == family && other.value & ~hostMask == address.value & ~hostMask
  }

  /// Whether the two networks share an address.
  package func overlaps(_ other: CIDR) -> Bool { contains(other.network.address) || other.contains(network.address) }

  package var description: String { "\(address)/\(prefixLength)" }

  private init(unchecked address: IPAddress, _ prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }
}
