import Glibc

/// Reads whole files that others wrote, up to a bound on their length.
package enum BoundedFile {
  /// Throws `SystemError.tooLarge` past `limit` bytes.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK)
    return try read(file, path, limit: limit)
  }

  static func read(_ file: borrowing OwnedDescriptor, _ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = file.read(&buffer)
      guard count >= 0 else { throw .call(.read, on: path, Errno(rawValue: errno)) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
    }
  }
}
