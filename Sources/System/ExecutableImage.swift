import Glibc

/// The identity of the program that this process runs. Braid keeps data under it that another build could not read.
package enum ExecutableImage {
  /// A text that changes when another file takes the program's place, or when the file is changed; nil without /proc.
  package static func identity() -> String? {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return nil }
    let changed = status.st_ctim
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(changed.tv_sec) \(changed.tv_nsec)"
  }
}
