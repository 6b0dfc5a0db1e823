import CLinux
import Glibc

/// A file descriptor with exactly one owner. It is closed when its owner ends.
package struct OwnedDescriptor: ~Copyable, Sendable {
  package let rawValue: Int32

  /// Takes over a descriptor. Nobody else may close it.
  package init(adopting rawValue: Int32) { self.rawValue = rawValue }

  deinit { _ = Glibc.close(rawValue) }

  /// open(2) with O_CLOEXEC, for an absolute path or one from the working directory.
  package static func open(_ path: String, flags: Int32, mode: UInt32 = 0) throws(SystemError) -> OwnedDescriptor {
    try open(path, at: AT_FDCWD, flags, mode)
  }

  /// openat(2) with O_CLOEXEC, from a directory.
  package static func open(
    _ path: String, in directory: borrowing OwnedDescriptor, flags: Int32, mode: UInt32 = 0
  ) throws(SystemError) -> OwnedDescriptor {
    try open(path, at: directory.rawValue, flags, mode)
  }

  /// read(2) into the buffer, repeated after EINTR. Returns a negative number and sets errno on failure.
  package func read(_ buffer: inout [UInt8]) -> Int {
    while true {
      let count = Glibc.read(rawValue, &buffer, buffer.count)
      if count >= 0 || errno != EINTR { return count }
    }
  }

  /// write(2) of all bytes, repeated after EINTR. Returns false and sets errno on failure.
  package func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  private static func open(_ path: String, at directory: Int32, _ flags: Int32, _ mode: UInt32) throws(SystemError)
    -> OwnedDescriptor
  {
    let fd = retrying { clinux_openat(directory, path, flags, mode) }
    guard fd >= 0 else { throw .call(.openat, on: path, Errno(rawValue: -fd)) }
    return OwnedDescriptor(adopting: fd)
  }
}

/// Repeats a call until it returns something other than -EINTR.
func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result != -EINTR { return result }
  }
}
