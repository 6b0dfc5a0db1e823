import Diagnostics
import Glibc
import System

/// Reads the files of a policy from disk. Their number and size are limited, because an ADD must stay fast.
package enum PolicySource {
  /// How many bytes all files together may have.
  package static let maximumBytes = 16 << 20
  /// How many files a directory may have.
  static let maximumFiles = 1000

  /// Reads a file, or the `*.yaml` files of a directory in the order of their names' bytes. Hidden files are ignored.
  ///
  /// With `waits` a FIFO is read until its writer closes it, for the shell's `<(…)`. Otherwise a FIFO counts as empty. Findings
  /// call the files `what`.
  ///
  /// The files of a directory are of one version of it: Kubernetes and others swap a link behind them. If a file changed meanwhile, all
  /// are read again.
  package static func files(
    _ path: String, what: String = "policy", waits: Bool = false, _ findings: inout Findings
  ) -> [SourceFile] {
    for attempt in 1... {
      var found = Findings()
      let paths = paths(path, what: what, &found)
      let before = paths.map(Version.init)
      let files = files(paths, what: what, waits: waits, &found)
      // A single file is opened once, so it cannot be mixed.
      var again = Findings()
      let isWhole = paths == [path] || (Self.paths(path, what: what, &again) == paths && paths.map(Version.init) == before)
      if isWhole || attempt == attempts {
        findings.append(contentsOf: found)
        if !isWhole {
          let message = "the \(what) changed each time that it was read: it may be a mixture of versions"
          findings.append(Diagnostic(.unreadable, message, at: whole(path)))
        }
        return isWhole ? files : []
      }
    }
    preconditionFailure("the loop returns")
  }

  /// How often the files of a directory are read. A swap takes microseconds.
  private static let attempts = 20

  /// What tells one version of a file from the next.
  private struct Version: Equatable {
    var device: UInt64 = 0
    var inode: UInt64 = 0
    var size: Int = 0
    var changed = FileTime(seconds: 0, nanoseconds: 0)

    init(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int(status.st_size))
      changed = FileTime(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
    }
  }

  /// Reads files whose paths are known.
  package static func files(
    _ paths: [String], what: String = "policy", waits: Bool = false, _ findings: inout Findings
  ) -> [SourceFile] {
    read(paths, what, &findings) { (path, limit) throws(SystemError) in
      // Without O_NONBLOCK, opening a FIFO that has no writer would block for ever.
      let file = try OwnedDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
      if waits { _ = fcntl(file.rawValue, F_SETFL, O_RDONLY) }
      return try contents(file.rawValue, path, limit: limit)
    }
  }

  /// The paths of a policy's files. Empty if the findings have an error.
  package static func paths(_ path: String, what: String = "policy", _ findings: inout Findings) -> [String] {
    let listed: [(name: String, kind: FileKind?)]?
    do { listed = try listing(path) } catch {
      findings.append(Diagnostic(.unreadable, "the \(what) cannot be read: \(error)", at: whole(path)))
      return []
    }
    guard let listed else { return [path] }
    let odd = listed.filter { $0.kind.map(isOdd) ?? false && $0.name.hasSuffix(".yaml") && !$0.name.hasPrefix(".") }
    for (name, kind) in odd {
      let message = "\(kind?.rawValue ?? "it") is ignored in a policy directory, whatever its name"
      findings.append(Diagnostic(.ignoredFile, message, at: whole("\(path)/\(name)"), help: "remove it, or give it another name"))
    }
    let names = listed.map { $0.name }.filter { name in !odd.contains { $0.name == name } }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for name in visible where name.hasSuffix(".yml") || name.hasSuffix(".json") {
      let message = "the file is ignored: files of a policy directory must end in .yaml"
      findings.append(
        Diagnostic(
          .ignoredFile, message, at: whole("\(path)/\(name)"), help: "let its name end in .yaml, or move it out of the directory")
      )
    }
    let chosen = visible.filter { $0.hasSuffix(".yaml") }
    guard !chosen.isEmpty, chosen.count <= maximumFiles else {
      let message =
        chosen.isEmpty ? "the directory has no *.yaml file" : "the directory has more than \(maximumFiles) *.yaml files"
      findings.append(Diagnostic(.noPolicyFiles, message, at: whole(path)))
      return []
    }
    return chosen.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
  }

  private static func whole(_ path: String) -> Span { Span(SourceFile(path: path, bytes: []), nil) }

  /// Reads standard input until its end.
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
    // One byte more than the file's size: a short read then shows the end without a second buffer.
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

  /// Whether a directory's entry of this kind can be no file of the policy. A link may lead to one.
  private static func isOdd(_ kind: FileKind) -> Bool { kind != .regular && kind != .link }

  /// The names in a directory. Nil if the path is not a directory.
  package static func entries(_ path: String) throws(SystemError) -> [String]? { try listing(path)?.map { $0.name } }

  /// The names in a directory, and the kinds of files as far as the listing tells them. Nil if the path is not a directory.
  private static func listing(_ path: String) throws(SystemError) -> [(name: String, kind: FileKind?)]? {
    guard let directory = opendir(path) else {
      if errno == ENOTDIR { return nil }
      throw .call(.open, on: path, Errno(rawValue: errno))
    }
    defer { closedir(directory) }
    var found: [(name: String, kind: FileKind?)] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        guard errno == 0 else { throw .call(.readdir, on: path, Errno(rawValue: errno)) }
        return found
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      found.append((name, FileKind(directoryType: entry.pointee.d_type)))
    }
  }
}
