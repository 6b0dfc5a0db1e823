import CLinux
import Glibc

/// An open directory. All names are looked up relative to its descriptor, so nobody can swap the directory meanwhile.
///
/// A name is one path component. Callers build it from checked types only.
package struct Directory: ~Copyable, Sendable {
  package let path: String
  let descriptor: OwnedDescriptor

  /// Opens a directory that only we can write to. If it is missing, makes it with that mode, whatever the umask, and its parents
  /// with mode 0755.
  ///
  /// The parents are the administrator's and may be symbolic links; the directory itself must not be one. Throws
  /// `SystemError.untrusted` if another user owns the directory or others may write to it.
  package static func openTrusted(_ path: String, create mode: UInt32) throws(SystemError) -> Directory {
    if let found = try openTrusted(path) { return found }
    return try trusted(make(path, mode), path)
  }

  /// Opens a directory that only we can write to; nil if it does not exist.
  package static func openTrusted(_ path: String) throws(SystemError) -> Directory? {
    do throws(SystemError) { return try trusted(OwnedDescriptor.open(path, flags: flags), path) } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  /// Opens a directory in this one, or makes it with that mode. Throws as `openTrusted` does.
  package func subdirectory(_ name: String, create mode: UInt32) throws(SystemError) -> Directory {
    let path = "\(path)/\(name)"
    do throws(SystemError) {
      return try Self.trusted(open(name, flags: Self.flags), path)
    } catch { guard error.errno == .noSuchFileOrDirectory else { throw error } }
    return try Self.trusted(Self.make(name, in: descriptor, path, mode, Self.flags), path)
  }

  /// Opens a directory that others may write to. The caller trusts no file in it, and writes only files that it makes itself.
  package static func openUntrusted(_ path: String) throws(SystemError) -> Directory {
    Directory(path: path, descriptor: try OwnedDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY))
  }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

  /// openat(2) of a name in the directory. The error names the whole path.
  func open(_ name: String, flags: Int32, mode: UInt32 = 0) throws(SystemError) -> OwnedDescriptor {
    do throws(SystemError) { return try OwnedDescriptor.open(name, in: descriptor, flags: flags, mode: mode) } catch {
      throw .call(.openat, on: "\(path)/\(name)", error.errno ?? .ioError)
    }
  }

  private static func trusted(_ opened: consuming OwnedDescriptor, _ path: String) throws(SystemError) -> Directory {
    var status = stat()
    guard fstat(opened.rawValue, &status) == 0 else { throw .call(.fstat, on: path, Errno(rawValue: errno)) }
    guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
      throw .untrusted(path, owner: status.st_uid, mode: status.st_mode & 0o7777)
    }
    return Directory(path: path, descriptor: opened)
  }

  /// Walks down from the root and makes what is missing. Other processes may be making the same directories.
  private static func make(_ path: String, _ mode: UInt32) throws(SystemError) -> OwnedDescriptor {
    let parts = path.split(separator: "/").map(String.init)
    var parent = try OwnedDescriptor.open(path.hasPrefix("/") ? "/" : ".", flags: O_RDONLY | O_DIRECTORY)
    var built = ""
    for (i, part) in parts.enumerated() {
      let isLast = i == parts.count - 1
      built += built.isEmpty && !path.hasPrefix("/") ? part : "/\(part)"
      let flags = isLast ? flags : O_RDONLY | O_DIRECTORY
      let next: OwnedDescriptor
      do throws(SystemError) { next = try OwnedDescriptor.open(part, in: parent, flags: flags) } catch {
        guard error.errno == .noSuchFileOrDirectory else { throw .call(.openat, on: built, error.errno ?? .ioError) }
        next = try make(part, in: parent, built, isLast ? mode : 0o755, flags)
      }
      parent = next
    }
    return parent
  }

  private static func make(
    _ name: String, in parent: borrowing OwnedDescriptor, _ path: String, _ mode: UInt32, _ flags: Int32
  ) throws(SystemError) -> OwnedDescriptor {
    let made = mkdirat(parent.rawValue, name, mode) == 0
    guard made || errno == EEXIST else { throw .call(.mkdir, on: path, Errno(rawValue: errno)) }
    let opened = try OwnedDescriptor.open(name, in: parent, flags: flags)
    // The umask may have taken bits away.
    if made, fchmod(opened.rawValue, mode) != 0 { throw .call(.fchmod, on: path, Errno(rawValue: errno)) }
    return opened
  }

  // MARK: - Names

  /// Removes a file, and the temporary file that a killed `replace` of it left. False if there was no file of that name.
  @discardableResult
  package func remove(_ name: String) throws(SystemError) -> Bool {
    _ = unlinkat(descriptor.rawValue, Self.temporary(name), 0)
    if unlinkat(descriptor.rawValue, name, 0) == 0 { return true }
    if errno == ENOENT { return false }
    throw failure(.unlink, name)
  }

  /// Removes an empty directory; false if it is not empty or does not exist.
  package func removeEmptyDirectory(_ name: String) throws(SystemError) -> Bool {
    if unlinkat(descriptor.rawValue, name, AT_REMOVEDIR) == 0 { return true }
    if errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT { return false }
    throw failure(.rmdir, name)
  }

  /// Renames a file. Throws EEXIST if the new name is taken (rename(2), RENAME_NOREPLACE).
  package func rename(_ name: String, to other: String) throws(SystemError) {
    let result = clinux_rename_noreplace(descriptor.rawValue, name, other)
    guard result == 0 else { throw .call(.rename, on: "\(path)/\(name)", Errno(rawValue: -result)) }
  }

  /// Moves a file into another directory of the same file system. Replaces a file of the same name there.
  package func move(_ name: String, to other: borrowing Directory) throws(SystemError) {
    guard renameat(descriptor.rawValue, name, other.descriptor.rawValue, name) == 0 else { throw failure(.rename, name) }
  }

  /// Whether anything has that name.
  package func exists(_ name: String) throws(SystemError) -> Bool { try status(name) != nil }

  /// The status of a file, without opening it; nil if there is none. A symbolic link is not followed.
  package func status(_ name: String) throws(SystemError) -> FileStatus? {
    var status = stat()
    if fstatat(descriptor.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
    if errno == ENOENT { return nil }
    throw failure(.fstat, name)
  }

  /// The names in the directory, unordered, without `.` and `..`. Throws `SystemError.tooManyNames` past `limit`.
  package func names(limit: Int = 1 << 20) throws(SystemError) -> [String] { try entries(limit: limit).map { $0.name } }

  /// The names in the directory, as `names` gives them, and what kind of file each is, if the file system tells without a look at
  /// the file (readdir(3), d_type).
  package func entries(limit: Int = 1 << 20) throws(SystemError) -> [(name: String, kind: FileKind?)] {
    var found: [(name: String, kind: FileKind?)] = []
    // readdir(3) needs an open file description of its own, because the description holds the position in the directory.
    let duplicate = clinux_openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY, 0)
    guard duplicate >= 0 else { throw .call(.readdir, on: path, Errno(rawValue: -duplicate)) }
    guard let stream = fdopendir(duplicate) else {
      close(duplicate)
      throw failure(.readdir, ".")
    }
    defer { closedir(stream) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { preconditionFailure("a stored field") }
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
      guard name != ".", name != ".." else { continue }
      guard found.count < limit else { throw .tooManyNames(path, limit: limit) }
      found.append((name, FileKind(directoryType: entry.pointee.d_type)))
    }
    guard errno == 0 else { throw failure(.readdir, ".") }
    return found
  }

  func failure(_ call: SystemError.Call, _ name: String) -> SystemError {
    .call(call, on: "\(path)/\(name)", Errno(rawValue: errno))
  }
}
