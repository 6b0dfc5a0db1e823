import CLinux
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

/// The type of a file (inode(7)).
package enum FileKind: String, Sendable {
  case regular = "a file"
  case directory = "a directory"
  case link = "a symbolic link"
  case fifo = "a FIFO"
  case socket = "a socket"
  case device = "a device"

  /// From the type of a directory's entry (readdir(3), d_type); nil if the file system does not tell it.
  package init?(directoryType: UInt8) {
    // d_type holds the upper bits of a mode (DTTOIF of readdir(3)); 0 is DT_UNKNOWN.
    guard directoryType != 0 else { return nil }
    self.init(mode: UInt32(directoryType) << 12)
  }

  init(mode: UInt32) {
    self =
      switch mode & S_IFMT {
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR, S_IFBLK: .device
      default: .regular
      }
  }
}

/// The parts of stat(2) that Braid uses.
package struct FileStatus: Hashable, Sendable {
  package let kind: FileKind
  /// In bytes.
  package let size: Int
  package let inode: UInt64
  /// When the contents last changed; of a directory, when a name in it last came or went. The owner can set this time.
  package let modified: FileTime
  /// When the contents, names or attributes last changed. Nobody can set this time.
  package let changed: FileTime

  init(_ status: stat) {
    kind = FileKind(mode: status.st_mode)
    size = Int(status.st_size)
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

  /// Whether nobody can change or remove the file of that name, not even root (statx(2), STATX_ATTR_IMMUTABLE and STATX_ATTR_APPEND).
  /// False if the file system cannot tell.
  package func isImmutable(_ name: String) -> Bool { clinux_is_immutable(descriptor.rawValue, name) == 1 }
}
