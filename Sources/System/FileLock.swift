import Glibc

/// An exclusive flock(2) on a file of a directory; the kernel frees it when the holder ends.
package struct FileLock: ~Copyable {
  private let file: OwnedDescriptor

  /// Makes the file if it is not there and waits up to `seconds`; throws `SystemError.lockTimeout`.
  package init(_ name: String, in directory: borrowing Directory, seconds: Int) throws(SystemError) {
    let opened = try OwnedDescriptor.open(name, in: directory.descriptor, flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    try Flock.wait(opened, "\(directory.path)/\(name)", LOCK_EX, seconds: seconds)
    file = opened
  }
}

/// flock(2) with a bound on the wait.
enum Flock {
  static func wait(_ file: borrowing OwnedDescriptor, _ path: String, _ operation: Int32, seconds: Int) throws(SystemError) {
    let deadline = Monotonic.milliseconds() + seconds * 1000
    var pause: UInt32 = 200
    while flock(file.rawValue, operation | LOCK_NB) != 0 {
      let error = Errno(rawValue: errno)
      guard error == .wouldBlock || error == .interrupted else { throw .call(.flock, on: path, error) }
      guard Monotonic.milliseconds() < deadline else { throw .lockTimeout(path, holder: nil, seconds: seconds) }
      usleep(pause)
      pause = min(pause * 2, 10_000)
    }
  }
}
