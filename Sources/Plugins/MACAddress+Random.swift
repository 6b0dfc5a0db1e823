import NetworkTypes
import System

extension MACAddress {
  /// A random, locally administered address.
  static func random() throws(DelegateError) -> MACAddress {
    var bytes = try system { () throws(SystemError) in try RandomBytes.get(6) }
    bytes[0] = bytes[0] & 0xfc | 0x02
    guard let mac = MACAddress(bytes: bytes) else { preconditionFailure("six bytes make an address") }
    return mac
  }
}
