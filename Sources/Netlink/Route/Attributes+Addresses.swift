import Glibc
import NetworkTypes

extension Attributes {
  /// An address of a family. Throws `MalformedReply.attributeSize` for a value of another length.
  func address(_ type: Int, _ family: AddressFamily) throws(MalformedReply) -> IPAddress? {
    guard let value = self[type] else { return nil }
    guard let address = IPAddress(bytes: value), address.family == family else {
      throw .attributeSize(type: type, size: value.count)
    }
    return address
  }

  /// An Ethernet address. Nil for hardware addresses of any other length, which are as legal.
  func mac(_ type: Int) -> MACAddress? { self[type].flatMap { MACAddress(bytes: $0) } }
}

extension AddressFamily {
  /// AF_INET or AF_INET6.
  var kernel: Int32 { self == .ipv4 ? AF_INET : AF_INET6 }

  /// Nil for an AF_* that is neither AF_INET nor AF_INET6.
  init?(kernel: UInt8) {
    switch Int32(kernel) {
    case AF_INET: self = .ipv4
    case AF_INET6: self = .ipv6
    default: return nil
    }
  }
}

extension CIDR {
  /// An address with the prefix length that the kernel said. Throws `MalformedReply.prefixLength`.
  init(_ address: IPAddress, prefix: UInt8) throws(MalformedReply) {
    do { try self.init(address, prefixLength: Int(prefix)) } catch { throw .prefixLength(Int(prefix)) }
  }
}
