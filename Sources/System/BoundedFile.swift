import Glibc

/// Reads whole files that others wrote, up to a bound on their length.
package enum BoundedFile {
  /// The bytes of one read(2).
  private static let piece = 1 << 14

  /// Throws `SystemError.tooLarge` past `limit` bytes.
  package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let file = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK)
    return try read(file, path, limit: limit)
  }

  static func read(_ file: borrowing OwnedDescriptor, _ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: piece)
    while true {
      let count = file.read(&buffer)
      guard count >= 0 else { throw .call(.read, on: path, Errno(rawValue: errno)) }
      if count == 0 { return bytes }
      // A file that is too large is refused by its size: reading up to the limit would take long.
      if bytes.isEmpty, count == piece, size(of: file) > limit { throw .tooLarge(path, limit: limit) }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
    }
  }

  /// 0 if it cannot be told.
  private static func size(of file: borrowing OwnedDescriptor) -> Int {
    var status = stat()
    return fstat(file.rawValue, &status) == 0 ? Int(status.st_size) : 0
  }
}
