import Foundation
import Glibc

/// A directory of one test (mode 0700). It is removed with its content when the test releases the value.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    var template = Array((NSTemporaryDirectory() + "/braid-test-XXXXXX").replacing("//", with: "/").utf8CString)
    guard let made = mkdtemp(&template) else { throw Command.Failure.notStarted("mkdtemp", errno: errno) }
    path = String(cString: made)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  package subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a file in it, and makes the directories above the file. Returns the path.
  @discardableResult
  package func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
    let file = self[name]
    let parent = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    if mode & 0o111 == 0 {
      try text.write(toFile: file, atomically: false, encoding: .utf8)
    } else {
      // Another process writes the file. If we wrote it, a child that another test starts at this moment would inherit our descriptor,
      // and a file that is open for writing cannot be executed (execve(2), ETXTBSY).
      var writer = Command("sh", "-c", "cat >\"$0\"", file)
      writer.input = Array(text.utf8)
      try writer.require()
    }
    chmod(file, mode)
    return file
  }

  package func read(_ name: String) throws -> String { try String(contentsOfFile: self[name], encoding: .utf8) }

  /// All files and directories below it, or below one of its directories, sorted. Directories end in a slash.
  package func list(_ part: String = "") -> [String] {
    let root = part.isEmpty ? path : self[part]
    guard let all = FileManager.default.enumerator(atPath: root) else { return [] }
    return all.compactMap { $0 as? String }.map { name in
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isDirectory)
      return isDirectory.boolValue ? name + "/" : name
    }.sorted()
  }
}

/// Runs `body` with a directory that is removed afterwards, even after an error.
package func withTemporaryDirectory<T>(_ body: (TemporaryDirectory) throws -> T) throws -> T {
  let directory = try TemporaryDirectory()
  return try withExtendedLifetime(directory) { try body(directory) }
}
