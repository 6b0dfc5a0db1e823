import CLinux
import Glibc

/// A file descriptor with exactly one owner; it closes when the owner lets go of it.
package struct OwnedDescriptor: ~Copyable, Sendable {
  package let rawValue: Int32

  /// Takes over a descriptor that nobody else closes.
  package init(adopting rawValue: Int32) { self.rawValue = rawValue }

  deinit { _ = Glibc.close(rawValue) }

  /// openat(2) with O_CLOEXEC. A nil directory means the working directory, or an absolute path.
  package static func open(
    _ path: String, in directory: borrowing OwnedDescriptor? = nil, flags: Int32, mode: UInt32 = 0
  ) throws(SystemError) -> OwnedDescriptor {
    let at =
      switch directory {
      case .some(let directory): directory.rawValue
      case .none: AT_FDCWD
      }
    let fd = retrying { clinux_openat(at, path, flags, mode) }
    guard fd >= 0 else { throw .call(.openat, on: path, Errno(rawValue: -fd)) }
    return OwnedDescriptor(adopting: fd)
  }
}

/// Repeats a call that returns a negative errno while that is EINTR.
func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -EINTR { return result }
  }
}
