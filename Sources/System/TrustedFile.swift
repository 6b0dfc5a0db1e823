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
  package func read(_ count: Int, at offset: Int) -> [UInt8]? {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = fill(UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    return bytes.count == count ? bytes : nil
  }

  /// Whether just these bytes stand at an offset.
  package func holds(_ bytes: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, offset <= size, bytes.count <= size - offset else { return false }
    // Small enough to stay near the processor.
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { piece in
      bytes.withUnsafeBytes { wanted in
        var done = 0
        while done < wanted.count {
          let count = min(piece.count, wanted.count - done)
          guard fill(UnsafeMutableRawBufferPointer(rebasing: piece[..<count]), at: offset + done) == count,
            memcmp(piece.baseAddress!, wanted.baseAddress! + done, count) == 0
          else { return false }
          done += count
        }
        return true
      }
    }
  }

  /// How many bytes there were.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
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
