import CLinux
import Glibc

/// A plain file that is ours alone to write to, read piece by piece (pread(2)).
///
/// A mapping would be a little quicker, and a SIGBUS where somebody cuts the file short meanwhile.
package struct TrustedFile: ~Copyable {
  /// When it was opened.
  package let size: Int
  private let file: OwnedDescriptor

  /// Nil if there is no plain file of that name in the directory that is ours alone to write to, or it has more than `limit` bytes.
  package init?(_ name: String, in directory: borrowing Directory, limit: Int) {
    var status = stat()
    guard let opened = try? directory.open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK), fstat(opened.rawValue, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0, status.st_size <= limit
    else { return nil }
    size = Int(status.st_size)
    file = opened
  }

  /// So many bytes from an offset; nil where there are fewer.
  package func read(_ count: Int, at offset: Int) -> OwnedBytes? {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else { return nil }
    let bytes = OwnedBytes(count: count)
    guard Self.fill(bytes.memory, file, at: offset) == count else { return nil }
    return bytes
  }

  /// Whether just these bytes stand at an offset.
  package func holds(_ bytes: [UInt8], at offset: Int) -> Bool {
    bytes.withUnsafeBytes { wanted in
      isMade(of: wanted.count, at: offset) { (done, count) in UnsafeRawBufferPointer(rebasing: wanted[done..<done + count]) }
    }
  }

  /// Whether so many bytes at an offset are just what a plain file of another path has.
  package func holds(_ count: Int, at offset: Int, ofFile path: String) -> Bool {
    var status = stat()
    guard let other = try? OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY),
      fstat(other.rawValue, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_size == count
    else { return false }
    let theirs = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
    defer { theirs.deallocate() }
    let isSame = isMade(of: count, at: offset) { (done, count) in
      let filled = Self.fill(UnsafeMutableRawBufferPointer(rebasing: theirs[..<count]), other, at: done)
      return UnsafeRawBufferPointer(rebasing: theirs[..<filled])
    }
    // It may have grown meanwhile.
    return isSame && Self.fill(UnsafeMutableRawBufferPointer(rebasing: theirs[..<1]), other, at: count) == 0
  }

  /// Small enough to stay near the processor, in bytes.
  private static let piece = 1 << 16

  /// Whether so many bytes at an offset are those that the closure gives, of which it is asked for one piece after another.
  private func isMade(of total: Int, at offset: Int, _ part: (_ done: Int, _ count: Int) -> UnsafeRawBufferPointer) -> Bool {
    guard total >= 0, offset >= 0, offset <= size, total <= size - offset else { return false }
    return withUnsafeTemporaryAllocation(byteCount: Self.piece, alignment: 16) { piece in
      var done = 0
      while done < total {
        let count = min(piece.count, total - done)
        let wanted = part(done, count)
        guard wanted.count == count,
          Self.fill(UnsafeMutableRawBufferPointer(rebasing: piece[..<count]), file, at: offset + done) == count,
          memcmp(piece.baseAddress!, wanted.baseAddress!, count) == 0
        else { return false }
        done += count
      }
      return true
    }
  }

  /// How many bytes there were.
  private static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ file: borrowing OwnedDescriptor, at offset: Int
  ) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(file.rawValue, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      done += count
    }
    return done
  }
}

/// Bytes with exactly one owner; they are gone when it lets go of them.
package struct OwnedBytes: ~Copyable {
  fileprivate let memory: UnsafeMutableRawBufferPointer

  fileprivate init(count: Int) { memory = .allocate(byteCount: count, alignment: 16) }

  deinit { memory.deallocate() }

  /// Valid as long as the owner.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}
