import Glibc

/// An exclusive flock(2) on a file in a directory. The kernel frees it when the holder ends.
package struct FileLock: ~Copyable {
  private let file: OwnedDescriptor

  /// Makes the file if it is missing, and waits up to `time`. Throws `SystemError.lockTimeout` with the holder.
  package init(_ name: String, in directory: borrowing Directory, waiting time: Duration) throws(SystemError) {
    let path = "\(directory.path)/\(name)"
    while true {
      let opened = try Self.open(name, in: directory)
      try Flock.wait(opened, path, LOCK_EX, waiting: time)
      var status = stat()
      guard fstat(opened.rawValue, &status) == 0 else { throw .call(.fstat, on: path, Errno(rawValue: errno)) }
      // The file was removed while we waited. Other processes lock the new file of that name, so we must too.
      if status.st_nlink == 0 { continue }
      file = opened
      return
    }
  }

  /// A file that nobody can change, or a directory in its place, can be locked all the same: flock(2) only needs a descriptor.
  private static func open(_ name: String, in directory: borrowing Directory) throws(SystemError) -> OwnedDescriptor {
    do throws(SystemError) {
      return try directory.open(name, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    } catch {
      guard error.errno == .notPermitted || error.errno == .isDirectory else { throw error }
      return try directory.open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    }
  }
}
