@_exported import SystemPackage

/// A failed request to the operating system, with the object it was about.
package enum SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A system call failed: its name, the path or object, the errno that its manual page explains.
  case call(Call, on: String, Errno)
  /// The path is no network namespace (see `clinux_is_network_namespace`).
  case notANetworkNamespace(String)
  /// The file is longer than what we read of such a file, in bytes.
  case tooLarge(String, limit: Int)
  /// The directory holds more names than what we read of such a directory.
  case tooManyNames(String, limit: Int)
  /// A directory or file that must be ours alone is somebody else's, or others may write to it.
  case untrusted(String, owner: UInt32, mode: UInt32)
  /// The lock was not free within the time; the process that holds it, where the kernel tells.
  case lockTimeout(String, holder: Int32?, after: Duration)

  /// System calls by the name of their manual page in section 2 (3 for readdir).
  package enum Call: String, Sendable {
    case open, openat, read, write, fsync, rename, fcntl, unlink, mkdir, fstat, readdir, flock, setns, unshare, pipe2, fork,
      execve, poll
    case getrandom, fchmod, ioctl, kill, wait4, mount, linkat, symlinkat, readlinkat, utimensat, rmdir
  }

  /// The errno behind it, if it was a system call.
  package var errno: Errno? { if case .call(_, _, let errno) = self { errno } else { nil } }

  /// Whether it says that the object is not there, or is something else. All other errors say nothing of it: the system ran out of
  /// something, the disk failed, or somebody forbids to look.
  package var saysThatItIsGone: Bool {
    switch self {
    case .notANetworkNamespace: true
    case .call(_, _, let errno):
      [
        .noSuchFileOrDirectory, .notDirectory, .noSuchProcess, .tooManySymbolicLinkLevels, .fileNameTooLong,
        .noSuchAddressOrDevice,
      ]
      .contains(errno)
    case .tooLarge, .tooManyNames, .untrusted, .lockTimeout: false
    }
  }

  package var description: String {
    switch self {
    case .call(let call, let object, let errno): "\(call.rawValue) \(object): \(errno)"
    case .notANetworkNamespace(let path): "\(path) is not a network namespace"
    case .tooLarge(let path, let limit): "\(path) is larger than \(limit) bytes"
    case .tooManyNames(let path, let limit): "\(path) holds more than \(limit) files"
    case .untrusted(let path, let owner, let mode):
      "\(path) belongs to user \(owner) with mode \(String(mode, radix: 8)): it must belong to us and be writable by nobody else"
    case .lockTimeout(let path, let holder, let time):
      "\(path) is locked by \(holder.map { "process \($0)" } ?? "another process") since more than \(time.wholeSeconds)"
    }
  }
}
