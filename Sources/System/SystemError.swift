@_exported import SystemPackage

/// A failed request to the operating system, with the object it was about.
package enum SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A system call failed on this path or object. The call's manual page explains the errno.
  case call(Call, on: String, Errno)
  /// The path is no network namespace (see `clinux_is_network_namespace`).
  case notANetworkNamespace(String)
  /// The file has more bytes than the limit for such files.
  case tooLarge(String, limit: Int)
  /// The directory has more names than the limit for such directories.
  case tooManyNames(String, limit: Int)
  /// Another user owns the directory or file, or others may write to it.
  case untrusted(String, owner: UInt32, mode: UInt32)
  /// The lock was not free in time. `holder` is the process that has it, if the kernel tells.
  case lockTimeout(String, holder: Int32?, after: Duration)

  /// System calls by the name of their manual page in section 2 (3 for readdir).
  package enum Call: String, Sendable {
    case open, openat, read, write, fsync, rename, fcntl, unlink, mkdir, fstat, readdir, flock, setns, unshare, pipe2, fork,
      execve, poll
    case getrandom, fchmod, ioctl, kill, wait4, mount, linkat, symlinkat, readlinkat, utimensat, rmdir
  }

  /// The errno of a failed system call; nil for other errors.
  package var errno: Errno? { if case .call(_, _, let errno) = self { errno } else { nil } }

  /// Whether the error proves that the object is gone or is something else. Other errors prove nothing: the system may be short
  /// of memory, the disk may have failed, or access may be forbidden.
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
