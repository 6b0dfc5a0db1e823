import Glibc

/// A moment of the wall clock, as file systems keep it.
package struct FileTime: Hashable, Comparable, Sendable {
  /// Since 1970.
  package let seconds: Int
  /// 0 to 999,999,999.
  package let nanoseconds: Int

  package init(seconds: Int, nanoseconds: Int) { (self.seconds, self.nanoseconds) = (seconds, nanoseconds) }

  init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }

  /// CLOCK_REALTIME.
  package static func now() -> FileTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return FileTime(time)
  }

  package static func < (a: FileTime, b: FileTime) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
}

/// The parts of stat(2) that Braid uses.
package struct FileStatus: Hashable, Sendable {
  package let inode: UInt64
  /// When the contents last changed; of a directory, when a name in it last came or went. The owner can set this time.
  package let modified: FileTime
  /// When the contents, names or attributes last changed. Nobody can set this time.
  package let changed: FileTime

  init(_ status: stat) {
    inode = UInt64(status.st_ino)
    modified = FileTime(status.st_mtim)
    changed = FileTime(status.st_ctim)
  }
}

extension Directory {
  /// The status of the directory itself.
  package func status() throws(SystemError) -> FileStatus {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else { throw failure(.fstat, ".") }
    return FileStatus(status)
  }

  /// Sets the modification time of the directory itself, or of a file in it (utimensat(2)).
  package func setModified(_ time: FileTime, of name: String? = nil) throws(SystemError) {
    let omit = (1 << 30) - 2  // UTIME_OMIT, a macro that Swift does not see
    let times = [timespec(tv_sec: 0, tv_nsec: omit), timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)]
    let result: Int32 =
      if let name {
        utimensat(descriptor.rawValue, name, times, AT_SYMLINK_NOFOLLOW)
      } else { futimens(descriptor.rawValue, times) }
    guard result == 0 else { throw failure(.utimensat, name ?? ".") }
  }
}
