import CLinux
import Glibc
import System

/// Texts that a command writes where it was told to.
enum TextFile {
  /// Puts a file in place in one step: whoever reads it finds the old text or the new one. Its mode is what the umask leaves of 0666.
  static func write(_ text: String, to path: String) throws(SystemError) {
    // Whatever has that name is somebody's.
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

  /// Makes a directory and those above it that are not there; their mode is what the umask leaves of 0777.
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
