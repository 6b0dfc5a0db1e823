import CLinux
import Glibc

/// Random bytes of the kernel (getrandom(2)).
package enum RandomBytes {
  /// Returns up to 256 bytes. For so few getrandom(2) never returns a part.
  package static func get(_ count: Int) throws(SystemError) -> [UInt8] {
    precondition((0...256).contains(count))
    var bytes = [UInt8](repeating: 0, count: count)
    while clinux_getrandom(&bytes, count) != count {
      guard errno == EINTR else { throw .call(.getrandom, on: "random bytes", Errno(rawValue: errno)) }
    }
    return bytes
  }
}
