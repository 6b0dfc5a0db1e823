import CLinux
import Glibc

/// A plain file that is read where it lies in the kernel's memory, until the owner lets go of it.
///
/// Only for files that nobody cuts short while they are read, as those are that are replaced as a whole.
package struct MappedFile: ~Copyable {
  package let bytes: UnsafeRawBufferPointer

  /// Nil if there is no plain file of that name in the directory that is ours alone to write to, or it is empty.
  package init?(_ name: String, in directory: borrowing Directory) {
    var status = stat()
    guard let file = try? directory.open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK), fstat(file.rawValue, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0, status.st_size > 0,
      let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file.rawValue, 0),
      start != MAP_FAILED
    else { return nil }
    bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
