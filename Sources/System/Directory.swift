import CLinux
import Glibc

/// An open directory, in which everything is named relative to the descriptor: nobody can swap it meanwhile.
package struct Directory: ~Copyable, Sendable {
  package let path: String
  let descriptor: OwnedDescriptor

  /// Opens a directory that must be ours alone to write to; makes it with that mode, and its parents with 0755, if it is not there.
  ///
  /// Throws `SystemError.untrusted` when another user owns it, or others may write to it.
  package static func openTrusted(_ path: String, create mode: UInt32) throws(SystemError) -> Directory {
    try make(path, mode)
    let descriptor = try OwnedDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { throw .call(.fstat, on: path, Errno(rawValue: errno)) }
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw .untrusted(path, owner: status.st_uid, mode: status.st_mode & 0o7777)
    }
    return Directory(path: path, descriptor: descriptor)
  }

  private static func make(_ path: String, _ mode: UInt32) throws(SystemError) {
    var built = ""
    let parts = path.split(separator: "/")
    for (i, part) in parts.enumerated() {
      built += "/\(part)"
      let wanted = i == parts.count - 1 ? mode : 0o755
      guard mkdir(built, wanted) == 0 else {
        if errno == EEXIST { continue }
        throw .call(.mkdir, on: built, Errno(rawValue: errno))
      }
      // Whatever the umask took away.
      _ = chmod(built, wanted)
    }
  }

  /// The contents of a plain file; nil if there is none of that name. Throws `tooLarge` past `limit` bytes.
  package func read(_ name: String, limit: Int) throws(SystemError) -> [UInt8]? {
    let file: OwnedDescriptor
    do { file = try OwnedDescriptor.open(name, in: descriptor, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK) } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
    return try BoundedFile.read(file, "\(path)/\(name)", limit: limit)
  }

  /// What a file is called while `replace` writes it. A crash may leave it; the next `replace` of the name takes it over.
  package static func temporary(_ name: String) -> String { ".\(name).tmp" }

  /// Puts a file in place in one step: a reader sees the old contents or the new ones, never a part. Two that replace the same
  /// file at once must hold a lock.
  ///
  /// `durable` files are on the disk before it returns (fsync(2) of file and directory). On failure nothing is left behind.
  package func replace(_ name: String, contents: [UInt8], mode: UInt32, durable: Bool) throws(SystemError) {
    let temporary = Self.temporary(name)
    do throws(SystemError) {
      let file = try OwnedDescriptor.open(
        temporary, in: descriptor, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
      guard fchmod(file.rawValue, mode) == 0 else { throw failure(.fchmod, temporary) }
      try write(contents, to: file, temporary)
      if durable, fsync(file.rawValue) != 0 { throw failure(.fsync, temporary) }
      guard renameat(descriptor.rawValue, temporary, descriptor.rawValue, name) == 0 else { throw failure(.rename, name) }
    } catch {
      _ = unlinkat(descriptor.rawValue, temporary, 0)
      throw error
    }
    if durable, fsync(descriptor.rawValue) != 0 { throw failure(.fsync, name) }
  }

  private func write(_ contents: [UInt8], to file: borrowing OwnedDescriptor, _ name: String) throws(SystemError) {
    var done = 0
    while done < contents.count {
      let count = contents[done...].withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(.write, name) }
      done += count
    }
  }

  /// Moves a file to another directory of the same file system, over a file of its name there.
  package func move(_ name: String, to other: borrowing Directory) throws(SystemError) {
    guard renameat(descriptor.rawValue, name, other.descriptor.rawValue, name) == 0 else { throw failure(.rename, name) }
  }

  /// Removes a file; false if there was none of that name.
  @discardableResult
  package func remove(_ name: String) throws(SystemError) -> Bool {
    if unlinkat(descriptor.rawValue, name, 0) == 0 { return true }
    if errno == ENOENT { return false }
    throw failure(.unlink, name)
  }

  /// Whether there is anything of that name.
  package func exists(_ name: String) throws(SystemError) -> Bool {
    var status = stat()
    if fstatat(descriptor.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return true }
    if errno == ENOENT { return false }
    throw failure(.fstat, name)
  }

  /// When a name was last added or removed: seconds and nanoseconds, as text.
  package func modificationTime() throws(SystemError) -> String {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { throw failure(.fstat, ".") }
    return "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }

  /// The names in it, in no order, without `.` and `..`.
  package func names() throws(SystemError) -> [String] {
    let copy = try OwnedDescriptor.open(".", in: descriptor, flags: O_RDONLY | O_DIRECTORY)
    let duplicate = fcntl(copy.rawValue, F_DUPFD_CLOEXEC, 3)
    guard duplicate >= 0, let stream = fdopendir(duplicate) else { throw failure(.readdir, ".") }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { found.append(name) }
    }
    return found
  }

  private func failure(_ call: SystemError.Call, _ name: String) -> SystemError {
    .call(call, on: "\(path)/\(name)", Errno(rawValue: errno))
  }
}
