import CLinux
import Glibc

/// A plain file that only we can write to. It is read in pieces (pread(2)).
///
/// A memory mapping would be a little faster, but the process would get SIGBUS if the file were cut short meanwhile.
package struct TrustedFile: ~Copyable {
  /// In bytes, when the file was opened.
  package let size: Int
  private let file: OwnedDescriptor

  /// Nil if there is no plain file of that name, if others may write to it, or if it has more than `limit` bytes.
  package init?(_ name: String, in directory: borrowing Directory, limit: Int) {
    var status = stat()
    guard let opened = try? directory.open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK), fstat(opened.rawValue, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0, status.st_size <= limit
    else { return nil }
    size = Int(status.st_size)
    file = opened
  }

  /// `count` bytes from an offset; nil if the file has fewer.
  package func read(_ count: Int, at offset: Int) -> OwnedBytes? {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else { return nil }
    let bytes = OwnedBytes(count: count)
    guard Self.fill(bytes.memory, file, at: offset) == count else { return nil }
    return bytes
  }

  /// Whether exactly these bytes stand at an offset.
  package func holds(_ bytes: [UInt8], at offset: Int) -> Bool {
    bytes.withUnsafeBytes { wanted in
      isMade(of: wanted.count, at: offset) { (done, count) in UnsafeRawBufferPointer(rebasing: wanted[done..<done + count]) }
    }
  }

  /// Whether `count` bytes at an offset equal the whole contents of the plain file at `path`.
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
    // The other file may have grown since fstat().
    return isSame && Self.fill(UnsafeMutableRawBufferPointer(rebasing: theirs[..<1]), other, at: count) == 0
  }

  /// In bytes. A piece of this size stays in the processor's cache.
  private static let piece = 1 << 16

  /// Whether `total` bytes at an offset equal the bytes that `part` returns, piece by piece.
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

  /// Fills the buffer from an offset. Returns how many bytes the file had there.
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

/// Bytes with exactly one owner. They are freed when their owner ends.
package struct OwnedBytes: ~Copyable {
  fileprivate let memory: UnsafeMutableRawBufferPointer

  fileprivate init(count: Int) { memory = .allocate(byteCount: count, alignment: 16) }

  deinit { memory.deallocate() }

  /// Valid as long as this value lives.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}
