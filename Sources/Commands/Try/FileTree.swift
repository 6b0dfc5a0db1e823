import Glibc
import Policy

/// Lists and removes the trial's own directory. It does not follow symbolic links.
enum FileTree {
  /// The paths of all files and directories below it, relative to it.
  static func paths(below directory: String) -> [String] {
    names(in: directory).flatMap { name in
      let path = "\(directory)/\(name)"
      return [name] + (isDirectory(path) ? paths(below: path).map { "\(name)/\($0)" } : [])
    }
  }

  /// Removes a file or a whole directory. Ignores errors.
  static func remove(_ path: String) {
    if isDirectory(path) { for name in names(in: path) { remove("\(path)/\(name)") } }
    // remove(3) removes a file or an empty directory.
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
