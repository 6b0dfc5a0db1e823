import Diagnostics
import Glibc
import System

/// Reads the files of a policy from disk, with everything bounded.
package enum PolicySource {
  /// Bytes of all files together.
  package static let maximumBytes = 16 << 20
  /// Files of one directory.
  static let maximumFiles = 1000

  /// The file itself, or the `*.yaml` of a directory in the order of their names' bytes; hidden ones are passed over.
  ///
  /// With `waits` a FIFO is read until its writer ends, as the shell's `<(…)` needs it; else it counts as empty. `what` is its name in
  /// findings.
  package static func files(
    _ path: String, what: String = "policy", waits: Bool = false, _ findings: inout Findings
  ) -> [SourceFile] {
    files(paths(path, what: what, &findings), what: what, waits: waits, &findings)
  }

  /// The same of paths that are known.
  package static func files(
    _ paths: [String], what: String = "policy", waits: Bool = false, _ findings: inout Findings
  ) -> [SourceFile] {
    read(paths, what, &findings) { (path, limit) throws(SystemError) in
      // O_NONBLOCK: a FIFO of the name would block the open for ever.
      let file = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
      if waits { _ = fcntl(file.rawValue, F_SETFL, O_RDONLY) }
      return try contents(file.rawValue, path, limit: limit)
    }
  }

  /// The paths of the files; none where there is an error among the findings.
  package static func paths(_ path: String, what: String = "policy", _ findings: inout Findings) -> [String] {
    let names: [String]?
    do { names = try entries(path) } catch {
      findings.append(Diagnostic(.unreadable, "the \(what) cannot be read: \(error)", at: whole(path)))
      return []
    }
    guard let names else { return [path] }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in visible where name.hasSuffix(".yml") || name.hasSuffix(".json") {
      let message = "the file is not read: a policy directory's files end in .yaml"
      findings.append(Diagnostic(.ignoredFile, message, at: whole("\(path)/\(name)"), help: "rename it, or move it away"))
    }
    let chosen = visible.filter { $0.hasSuffix(".yaml") }
    guard !chosen.isEmpty, chosen.count <= maximumFiles else {
      let message = chosen.isEmpty ? "the directory holds no *.yaml" : "the directory holds more than \(maximumFiles) *.yaml"
      findings.append(Diagnostic(.noPolicyFiles, message, at: whole(path)))
      return []
    }
    return chosen.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
  }

  private static func whole(_ path: String) -> Span { Span(SourceFile(path: path, bytes: []), nil) }

  /// What stands on stdin, until its end.
  package static func standardInput(what: String = "policy", _ findings: inout Findings) -> [SourceFile] {
    read(["<stdin>"], what, &findings) { (path, limit) throws(SystemError) in
      try contents(STDIN_FILENO, path, limit: limit)
    }
  }

  private static func read(
    _ paths: [String], _ what: String, _ findings: inout Findings, contents: (String, Int) throws(SystemError) -> [UInt8]
  ) -> [SourceFile] {
    var files: [SourceFile] = []
    var left = maximumBytes
    for path in paths {
      do throws(SystemError) {
        let bytes = try contents(path, left)
        left -= bytes.count
        files.append(SourceFile(path: path, bytes: bytes))
      } catch {
        if case .tooLarge = error {
          let message = "the \(what) is larger than \(maximumBytes) bytes"
          findings.append(Diagnostic(.fileTooLarge, message, at: whole(path)))
          return []
        }
        findings.append(Diagnostic(.unreadable, "the \(what) cannot be read: \(error)", at: whole(path)))
      }
    }
    return files
  }

  private static func contents(_ descriptor: Int32, _ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    var status = stat()
    // One byte more than there should be, so that the end is seen without another buffer.
    let size = fstat(descriptor, &status) == 0 ? min(max(Int(status.st_size), 0), limit) : 0
    var bytes: [UInt8] = []
    var room = size + 1
    while true {
      var failure: Int32 = 0
      let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
        while filled < buffer.count {
          let count = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
          if count < 0, errno == EINTR { continue }
          if count < 0 { failure = errno }
          guard count > 0 else { return }
          filled += count
        }
      }
      guard failure == 0 else { throw .call(.read, on: path, Errno(rawValue: failure)) }
      if bytes.isEmpty { bytes = more } else { bytes += more }
      guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
      if more.count < room { return bytes }
      room = 65536
    }
  }

  /// The names in a directory; nil for what is none.
  package static func entries(_ path: String) throws(SystemError) -> [String]? {
    guard let directory = opendir(path) else {
      if errno == ENOTDIR { return nil }
      throw .call(.open, on: path, Errno(rawValue: errno))
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        guard errno == 0 else { throw .call(.readdir, on: path, Errno(rawValue: errno)) }
        return names
      }
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
  }
}
