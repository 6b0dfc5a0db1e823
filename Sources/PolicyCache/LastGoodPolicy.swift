import Diagnostics
import Policy
import System

/// The last policy of a path that was free of errors on this node, whole, as its files were.
///
/// Where the runtime's configuration says `onInvalidPolicy: keep`, this policy stays in force while the present one has errors. It
/// outlives boots and builds, unlike `PolicyCache`. A checksum guards it. It is replaced by the first call that reads another policy without
/// errors.
package struct LastGoodPolicy: ~Copyable {
  private let directory: Directory
  private let path: String

  private static let magic = "braid good policy 1"
  private static let limit = PolicySource.maximumBytes + (4 << 20)

  /// `path` is the policy's, `stateDir` where it is kept. Nil if the directory cannot be opened.
  package init?(of path: String, in stateDir: String) {
    guard let found = try? Directory.openTrusted(stateDir) else { return nil }
    directory = found
    self.path = path
  }

  private var name: String { "good-\(String(ChecksummedBlock.checksum(of: path), radix: 16)).policy" }

  /// Whether a policy was kept at that time or later.
  func isKept(since time: FileTime) -> Bool {
    guard let status = (try? directory.status(name)) ?? nil, status.kind == .regular else { return false }
    return status.modified >= time
  }

  /// Keeps the files of a policy without errors. Does nothing if these very bytes are kept already. If it fails, the earlier one stays.
  func keep(_ files: [SourceFile]) {
    var content = BinaryWriter()
    content.text(Self.magic)
    content.number(files.count)
    for file in files {
      content.text(file.path)
      content.text(file.bytes)
    }
    var writer = BinaryWriter()
    ChecksummedBlock.write(content.bytes, to: &writer)
    if let kept = TrustedFile(name, in: directory, limit: Self.limit), kept.size == writer.bytes.count,
      kept.holds(writer.bytes, at: 0)
    {
      return
    }
    // Two calls at once write the same policy, or two that were both good a moment ago.
    guard let lock = try? FileLock(PolicyCache.lock, in: directory, waiting: .zero) else { return }
    defer { _ = lock }
    try? directory.replace(name, contents: writer.bytes, mode: 0o600, durable: false)
  }

  /// The kept files. Nil if there are none, or a bit of them has changed.
  func files() -> [SourceFile]? {
    guard let file = TrustedFile(name, in: directory, limit: Self.limit) else { return nil }
    do throws(BinaryReader.Damage) {
      return try ChecksummedBlock.read(file, at: 0) { (reader) throws(BinaryReader.Damage) in
        guard try reader.text() == Self.magic else { throw BinaryReader.Damage() }
        var files: [SourceFile] = []
        for _ in 0..<(try reader.number()) {
          let path = try reader.text()
          files.append(SourceFile(path: path, bytes: Array(try reader.raw())))
        }
        return files
      }
    } catch { return nil }
  }

  /// The kept policy. Nil if there is none, or this build of Braid finds an error in it.
  func policy() -> Policy? {
    var findings = Findings()
    return files().flatMap { Policy.read($0, checks: .errors, &findings) }
  }
}

extension Policy {
  /// Reads a policy as `load(_:)` does. If it has errors, takes the last good one, and returns the errors beside it.
  package static func load(
    _ path: String, orLastGood lastGood: borrowing LastGoodPolicy?
  ) throws(PolicyError) -> (policy: Policy, errors: PolicyError?) {
    var findings = Findings()
    let files = PolicySource.files(path, &findings)
    let policy = findings.hasErrors ? nil : read(files, checks: .errors, &findings)
    switch lastGood {
    case .some(let lastGood):
      if let policy {
        lastGood.keep(files)
        return (policy, nil)
      }
      if let kept = lastGood.policy() { return (kept, PolicyError(findings: findings)) }
    case .none: if let policy { return (policy, nil) }
    }
    throw PolicyError(findings: findings)
  }
}
