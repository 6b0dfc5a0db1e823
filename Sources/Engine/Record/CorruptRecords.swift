import System

/// The records that could not be read, kept for a person to look at. The oldest go first, so the directory does not grow for ever.
enum CorruptRecords {
  static let maximumCount = 64
  /// All of them together, in bytes. The newest one is kept whatever its size.
  static let maximumBytes = 128 << 20

  /// Makes room for one more, and frees its name.
  static func makeRoom(in directory: borrowing Directory, for file: String) {
    discard(file, in: directory)
    var kept: [(name: String, status: FileStatus)] = []
    for name in (try? directory.names()) ?? [] {
      guard let status = (try? directory.status(name)) ?? nil else { continue }
      kept.append((name, status))
    }
    // A move changes a file's status: the file that was set aside last has changed last.
    kept.sort { $0.status.changed > $1.status.changed }
    var bytes = 0
    for (number, (name, status)) in kept.enumerated() {
      bytes += status.size
      if number >= maximumCount - 1 || bytes > maximumBytes { discard(name, in: directory) }
    }
  }

  private static func discard(_ name: String, in directory: borrowing Directory) {
    do throws(SystemError) { try directory.remove(name) } catch { _ = try? directory.removeEmptyDirectory(name) }
  }
}
