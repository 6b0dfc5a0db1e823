import Glibc

/// A lock that many processes may share, or one may hold alone: flock(2) on a file of ours.
///
/// The file must lie where only root can open it, because whoever can open a file can lock it. The kernel frees the lock when its
/// holder ends.
package struct SharedLock: ~Copyable {
  private let descriptor: OwnedDescriptor

  package enum Mode: Sendable { case shared, exclusive }

  /// Makes the file if it is missing, and waits up to `time`. Throws `SystemError.lockTimeout`.
  package init(_ path: String, _ mode: Mode, waiting time: Duration) throws(SystemError) {
    let opened = try OwnedDescriptor.open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    try Flock.wait(opened, path, mode == .shared ? LOCK_SH : LOCK_EX, waiting: time)
    descriptor = opened
  }
}
