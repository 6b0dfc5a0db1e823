import Glibc

/// A lock on one byte of a file (fcntl(2), F_SETLK). One file gives many locks.
///
/// The kernel frees the lock when its holder ends. A process must not lock the same file twice at a time: closing either
/// descriptor frees both locks.
package struct RangeLock: ~Copyable {
  private let file: OwnedDescriptor

  /// Waits up to `time`; throws `SystemError.lockTimeout` with the holder's process ID.
  package init(_ path: String, key: Int64, waiting time: Duration) throws(SystemError) {
    let opened = try OwnedDescriptor.open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    try Self.lock(opened, path, key: key, waiting: time)
    file = opened
  }

  private static func lock(
    _ file: borrowing OwnedDescriptor, _ path: String, key: Int64, waiting time: Duration
  ) throws(SystemError) {
    let deadline = Monotonic.now() + time
    var pauses = Waits.attachmentLockPauses
    while true {
      var range = flock()
      (range.l_type, range.l_whence, range.l_start, range.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), off_t(key), 1)
      if fcntl(file.rawValue, F_SETLK, &range) == 0 { return }
      let error = Errno(rawValue: errno)
      guard error == .resourceTemporarilyUnavailable || error == .permissionDenied || error == .interrupted else {
        throw .call(.fcntl, on: path, error)
      }
      guard Monotonic.now() < deadline else {
        let known = fcntl(file.rawValue, F_GETLK, &range) == 0 && range.l_type != Int16(F_UNLCK)
        throw .lockTimeout(path, holder: known ? range.l_pid : nil, after: time)
      }
      pauses.pause()
    }
  }
}
