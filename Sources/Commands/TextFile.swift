import CLinux
import Glibc
import System

/// Writes files and directories that the user named.
enum TextFile {
  /// Replaces a file in one step, so a reader finds either the old text or the new one. The mode is 0666 less the umask.
  static func write(_ text: String, to path: String) throws(SystemError) {
    // O_EXCL: a file that has this name already belongs to somebody else.
    let aside = "\(path).\(getpid()).tmp"
    let file = try OwnedDescriptor.open(aside, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
    do throws(SystemError) {
      guard file.write(Array(text.utf8)) else { throw .call(.write, on: aside, Errno(rawValue: errno)) }
      guard rename(aside, path) == 0 else { throw .call(.rename, on: path, Errno(rawValue: errno)) }
    } catch {
      unlink(aside)
      throw error
    }
  }

  /// Makes a directory, and missing directories above it. The mode is 0777 less the umask.
  static func makeDirectory(_ path: String) throws(SystemError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
      guard mkdir(made, 0o777) != 0 else { continue }
      let failure = Errno(rawValue: errno)
      var status = stat()
      guard stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .call(.mkdir, on: made, failure) }
    }
  }
}
