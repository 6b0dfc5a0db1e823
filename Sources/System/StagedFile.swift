import CLinux
import Glibc

/// A file that is written completely before it gets its name.
///
/// If the file system allows (open(2), O_TMPFILE), the file has no name until then, and a crash leaves nothing. Otherwise it has
/// a temporary name.
struct StagedFile: ~Copyable {
  /// The directory's descriptor. The directory outlives this value.
  private let directory: Int32
  private let path: String
  private let name: String
  private let temporary: String
  private let file: OwnedDescriptor
  private let hasName: Bool

  static func stage(
    _ name: String, in directory: borrowing Directory, contents: [UInt8], mode: UInt32, durable: Bool, unnamed: Bool = true,
    aside: String? = nil
  ) throws(SystemError) -> StagedFile {
    let at = directory.descriptor.rawValue
    let path = "\(directory.path)/\(name)"
    let temporary = aside ?? Directory.temporary(name)
    var descriptor = -EOPNOTSUPP
    if unnamed { descriptor = clinux_openat(at, ".", O_WRONLY | Int32(CLINUX_O_TMPFILE), mode) }
    // These are the answers of kernels and file systems that do not know O_TMPFILE.
    let hasName = [EOPNOTSUPP, EISDIR, EINVAL].contains(-descriptor)
    if hasName {
      descriptor = clinux_openat(at, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode)
    }
    guard descriptor >= 0 else { throw .call(.openat, on: path, Errno(rawValue: -descriptor)) }
    let staged = StagedFile(
      directory: at, path: path, name: name, temporary: temporary, file: OwnedDescriptor(adopting: descriptor), hasName: hasName)
    try staged.fill(contents, mode, durable)
    return staged
  }

  private borrowing func fill(_ contents: [UInt8], _ mode: UInt32, _ durable: Bool) throws(SystemError) {
    guard fchmod(file.rawValue, mode) == 0 else { throw failure(.fchmod) }
    guard file.write(contents) else { throw failure(.write) }
    if durable, fsync(file.rawValue) != 0 { throw failure(.fsync) }
  }

  /// Gives the file its name; false if the name is taken.
  borrowing func publish() throws(SystemError) -> Bool {
    if hasName {
      let result = clinux_rename_noreplace(directory, temporary, name)
      if result == 0 { return true }
      if result == -EEXIST { return false }
      throw .call(.rename, on: path, Errno(rawValue: -result))
    }
    if link(as: name) { return true }
    if errno == EEXIST { return false }
    throw failure(.linkat)
  }

  /// Gives the file its name and replaces the file that had it.
  borrowing func publishReplacing() throws(SystemError) {
    if !hasName, !link(as: temporary) {
      // A process that was killed before its rename left the temporary name.
      guard errno == EEXIST, unlinkat(directory, temporary, 0) == 0, link(as: temporary) else { throw failure(.linkat) }
    }
    guard renameat(directory, temporary, directory, name) == 0 else {
      let error = failure(.rename)
      _ = unlinkat(directory, temporary, 0)
      throw error
    }
  }

  private borrowing func link(as name: String) -> Bool {
    linkat(AT_FDCWD, "/proc/self/fd/\(file.rawValue)", directory, name, AT_SYMLINK_FOLLOW) == 0
  }

  // After a success the temporary name is gone already.
  deinit { if hasName { _ = unlinkat(directory, temporary, 0) } }

  private borrowing func failure(_ call: SystemError.Call) -> SystemError {
    .call(call, on: path, Errno(rawValue: errno))
  }
}
