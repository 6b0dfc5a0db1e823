import Glibc

/// One file of `/proc/sys/net`.
///
/// `/proc/sys/net` shows each thread the sysctls of its own network namespace.
package enum SysctlFile {
  private static let directory = "/proc/sys/net/"

  /// Reads a sysctl of the thread's namespace without the final newline. `path` is the path below `/proc/sys/net`.
  ///
  /// Throws `SystemError.call`: EACCES for a sysctl that can only be written, ENOENT for one that the namespace does not have.
  package static func read(_ path: String) throws(SystemError) -> String {
    try read(OwnedDescriptor.open(directory + path, flags: O_RDONLY), directory + path)
  }

  /// Writes a sysctl of the thread's namespace. Throws `SystemError.call`: EINVAL for a value that the kernel refuses.
  package static func write(_ path: String, _ value: String) throws(SystemError) {
    try write(OwnedDescriptor.open(directory + path, flags: O_WRONLY), directory + path, value)
  }

  static func read(_ file: consuming OwnedDescriptor, _ path: String) throws(SystemError) -> String {
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    let count = file.read(&buffer)
    guard count >= 0 else { throw .call(.read, on: path, Errno(rawValue: errno)) }
    let text = buffer[..<count]
    return String(decoding: text.last == 0x0a ? text.dropLast() : text, as: UTF8.self)
  }

  static func write(_ file: consuming OwnedDescriptor, _ path: String, _ value: String) throws(SystemError) {
    // The kernel takes each write(2) for a whole value, and none of no bytes.
    let bytes = value.isEmpty ? [0x0a] : Array(value.utf8)
    guard Glibc.write(file.rawValue, bytes, bytes.count) == bytes.count else {
      throw .call(.write, on: path, Errno(rawValue: errno))
    }
  }
}
