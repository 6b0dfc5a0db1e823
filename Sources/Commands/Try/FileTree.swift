import Glibc
import Policy

/// A directory of ours and all that is in it; symbolic links are not followed.
enum FileTree {
  /// The paths of all that is below it, from there on.
  static func paths(below directory: String) -> [String] {
    names(in: directory).flatMap { name in
      let path = "\(directory)/\(name)"
      return [name] + (isDirectory(path) ? paths(below: path).map { "\(name)/\($0)" } : [])
    }
  }

  /// As far as that can be done.
  static func remove(_ path: String) {
    if isDirectory(path) { for name in names(in: path) { remove("\(path)/\(name)") } }
    // Of Glibc: a file or an empty directory.
    _ = Glibc.remove(path)
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func names(in path: String) -> [String] {
    let entries = (try? PolicySource.entries(path)) ?? nil
    return (entries ?? []).filter { $0 != "." && $0 != ".." }
  }
}
