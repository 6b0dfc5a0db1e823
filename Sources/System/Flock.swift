import Glibc

/// flock(2) with a bound on the wait.
enum Flock {
  static func wait(_ file: borrowing OwnedDescriptor, _ path: String, _ operation: Int32, waiting time: Duration)
    throws(SystemError)
  {
    let deadline = Monotonic.now() + time
    var pauses = Waits.flockPauses
    while flock(file.rawValue, operation | LOCK_NB) != 0 {
      let error = Errno(rawValue: errno)
      guard error == .wouldBlock || error == .interrupted else { throw .call(.flock, on: path, error) }
      guard Monotonic.now() < deadline else {
        throw .lockTimeout(path, holder: holder(of: file), after: time)
      }
      pauses.pause()
    }
  }

  /// The process that holds a flock on the file, from /proc/locks (proc(5)); nil if it has ended or is in another PID namespace.
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
