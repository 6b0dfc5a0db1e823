import CLinux
import Glibc

/// A lock on what a network namespace holds in common, such as its bridges: flock(2) on the namespace itself.
///
/// It needs no file, covers exactly the namespace, and ends with the process. Shared holders use what is there; the
/// exclusive one may take it away.
package struct NamespaceLock: ~Copyable {
  private let descriptor: OwnedDescriptor

  package enum Mode: Sendable { case shared, exclusive }

  /// Waits up to `seconds` (0: not at all); throws `SystemError.lockTimeout`.
  package init(_ namespace: borrowing NetworkNamespace, _ mode: Mode, seconds: Int) throws(SystemError) {
    // An open file description of its own: the lock belongs to it, not to the process.
    let opened = try OwnedDescriptor.open("/proc/self/fd/\(namespace.descriptor.rawValue)", flags: O_RDONLY)
    try Flock.wait(opened, namespace.path, mode == .shared ? LOCK_SH : LOCK_EX, seconds: seconds)
    descriptor = opened
  }
}
