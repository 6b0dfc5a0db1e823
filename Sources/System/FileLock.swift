import Glibc

/// An exclusive flock(2) on a file of a directory; the kernel frees it when the holder ends.
package struct FileLock: ~Copyable {
  private let file: OwnedDescriptor

  /// Makes the file if it is not there and waits up to `seconds`; throws `SystemError.lockTimeout`, with the holder.
  package init(_ name: String, in directory: borrowing Directory, seconds: Int) throws(SystemError) {
    let path = "\(directory.path)/\(name)"
    while true {
      let opened = try directory.open(name, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
      try Flock.wait(opened, path, LOCK_EX, seconds: seconds)
      var status = stat()
      guard fstat(opened.rawValue, &status) == 0 else { throw .call(.fstat, on: path, Errno(rawValue: errno)) }
      // Somebody removed the file while we waited: others lock its successor.
      if status.st_nlink == 0 { continue }
      file = opened
      return
    }
  }
}

/// flock(2) with a bound on the wait.
enum Flock {
  static func wait(_ file: borrowing OwnedDescriptor, _ path: String, _ operation: Int32, seconds: Int) throws(SystemError) {
    let deadline = Monotonic.milliseconds() + seconds * 1000
    var pause: UInt32 = 100
    while flock(file.rawValue, operation | LOCK_NB) != 0 {
      let error = Errno(rawValue: errno)
      guard error == .wouldBlock || error == .interrupted else { throw .call(.flock, on: path, error) }
      guard Monotonic.milliseconds() < deadline else {
        throw .lockTimeout(path, holder: holder(of: file), seconds: seconds)
      }
      usleep(pause)
      pause = min(pause * 2, 5_000)
    }
  }

  /// The process that has a flock on the file, as /proc/locks (proc(5)) tells; nil if it is in another PID namespace, or gone.
  static func holder(of file: borrowing OwnedDescriptor) -> Int32? {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0, let locks = try? BoundedFile.read("/proc/locks", limit: 1 << 22) else { return nil }
    for line in locks.split(separator: UInt8(ascii: "\n")) {
      // 12: FLOCK  ADVISORY  WRITE 3047 fe:00:1310835 0 EOF
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      guard words.count >= 6, words[1] == "FLOCK", let pid = Int32(words[4]), pid > 0 else { continue }
      if words[5].split(separator: ":").last == "\(status.st_ino)" { return pid }
    }
    return nil
  }
}
