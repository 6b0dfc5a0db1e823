/// Why a text or number cannot become a value of this module's types.
package enum NetworkTypeError: Error, Equatable, Sendable, CustomStringConvertible {
  case address(String)
  case cidr(String)
  case prefixLength(String, max: Int)
  case mac(String)
  /// A group address, such as the broadcast address: its first byte is odd.
  case groupMAC(MACAddress)
  case zeroMAC
  case interfaceName(String, InterfaceNameRule)
  case mtu(Int)

  /// The rule that an interface name breaks.
  package enum InterfaceNameRule: Sendable { case empty, tooLong, dots, reserved, forbiddenCharacter }

  package var description: String {
    switch self {
    case .address(let text): "invalid IP address: \(text)"
    case .cidr(let text): "invalid CIDR address: \(text)"
    case .prefixLength(let text, let max): "invalid CIDR address: \(text): the prefix length goes from 0 to \(max)"
    case .mac(let text): "invalid MAC address: \(text)"
    case .groupMAC(let mac): "\(mac) is a group address, which no interface can have: its first byte is odd"
    case .zeroMAC: "no interface can have the MAC address 00:00:00:00:00:00"
    case .interfaceName(let text, .empty): "interface name is empty: \"\(text)\""
    case .interfaceName(let text, .tooLong):
      "interface name is too long: interface name should be less than 16 characters: \(text)"
    case .interfaceName(let text, .dots): "interface name is . or ..: \(text)"
    case .interfaceName(let text, .reserved): "interface name is all or default, which the kernel uses for itself: \(text)"
    case .interfaceName(let text, .forbiddenCharacter):
      "interface name contains / or : or whitespace characters: \(text)"
    case .mtu(let bytes): "invalid MTU \(bytes): it goes from 68 to 65535"
    }
  }
}
