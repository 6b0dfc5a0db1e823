import System

/// The mark of a state directory, a small file beside it: `<stateDir>.mark`.
///
/// It tells a directory that was removed or moved away while Pods live from one that was always empty. The first ADD of a boot writes the
/// boot's ID and the time of the directory's file `boot`. A new directory has no such file, or a younger one. A copy that keeps times has
/// the same.
struct StateMark: Equatable {
  let bootID: String
  /// The modification time of the directory's file `boot`.
  let settled: FileTime

  init(bootID: String, settled: FileTime) { (self.bootID, self.settled) = (bootID, settled) }

  /// The mark beside a state directory; nil if there is none, or it is no mark.
  init?(beside stateDir: String) {
    guard let (parent, name) = Self.place(of: stateDir), let directory = try? Directory.openUntrusted(parent),
      let file = TrustedFile(name, in: directory, limit: 256), let bytes = file.read(file.size, at: 0)
    else { return nil }
    let words = String(decoding: bytes.bytes, as: UTF8.self).split(separator: " ")
    withExtendedLifetime(bytes) {}
    guard words.count == 3, let seconds = Int(words[1]), let nanoseconds = Int(words[2]) else { return nil }
    self.init(bootID: String(words[0]), settled: FileTime(seconds: seconds, nanoseconds: nanoseconds))
  }

  /// Writes the mark. If that fails, nothing is lost but the notice.
  ///
  /// It is a new file each time: the directory around may be open to others, who may have put a file of their own there.
  func write(beside stateDir: String) {
    guard let (parent, name) = Self.place(of: stateDir), let directory = try? Directory.openUntrusted(parent) else { return }
    let contents = Array("\(bootID) \(settled.seconds) \(settled.nanoseconds)".utf8)
    try? directory.replace(name, contents: contents, mode: 0o600, durable: false)
  }

  /// The directory around a state directory, and the name of its mark there.
  private static func place(of stateDir: String) -> (parent: String, name: String)? {
    let parts = stateDir.split(separator: "/")
    guard let last = parts.last else { return nil }
    return ("/" + parts.dropLast().joined(separator: "/"), "\(last).mark")
  }

  /// The path of the mark of a state directory.
  static func path(of stateDir: String) -> String { place(of: stateDir).map { "\($0.parent)/\($0.name)" } ?? "" }
}
