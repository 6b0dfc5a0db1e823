import Glibc

/// Which program this process runs, for what must not outlive the next one.
package enum ExecutableImage {
  /// Changes with every other file that takes the program's place, and with every change of the same one; nil where /proc is not there.
  package static func identity() -> String? {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return nil }
    let changed = status.st_ctim
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(changed.tv_sec) \(changed.tv_nsec)"
  }
}
