import Diagnostics
import Policy
import System
import YAML

/// Large policies in binary form on disk. A call decodes the matching rule and its networks, and nothing else.
///
/// A policy is kept after it was checked as a whole. It is used only while the policy's files have the very same bytes, which each
/// call compares, and only in the same boot and by the same build of the program. Every part that is used has a checksum. If
/// anything is wrong with a kept policy, the policy itself is read, so the cache is never needed.
package struct PolicyCache: ~Copyable {
  private let directory: Directory
  private let identity: String

  /// Policies of fewer bytes are not kept: reading them is quick enough.
  static let threshold = 8 << 10
  /// The largest file that is kept and read, in bytes: several times the largest policy.
  static let limit = 128 << 20
  /// How many policies are kept in one directory. One more takes the place of another.
  static let places = 16

  /// The lock of whoever keeps a policy in the directory, here or in `LastGoodPolicy`.
  static let lock = "policy.lock"
  private static let magic = "braid policy cache 4"

  /// Opens the cache in our state directory. Nil if that fails, or if the program's build cannot be told.
  package init?(_ path: String, bootID: String) {
    guard let image = ExecutableImage.identity(), let found = try? Directory.openTrusted(path) else { return nil }
    directory = found
    identity = "\(Self.magic)\n\(bootID)\n\(image)"
  }

  /// The file in which the policy of a path is kept.
  static func name(of path: String) -> String { "policy-\(String(ChecksummedBlock.checksum(of: path), radix: 16)).cache" }

  /// When the policy of a path was kept; nil if it is not kept.
  func time(of path: String) -> FileTime? { (try? directory.status(Self.name(of: path)))??.modified }

  /// The part of a path's policy that is about the Pod: the matching rule, its networks, and the networks that the Pod asks for.
  ///
  /// `paths` are the policy's files as they are now. Nil if the policy is not kept, no rule matches, or anything is wrong: then the
  /// whole policy must be read.
  package func part(for pod: Pod, of paths: [String], at path: String) -> Policy? {
    do throws(BinaryReader.Damage) {
      guard let (files, kept, index) = try find(paths, at: path),
        let documents = try KeptPolicyReader.open(kept, index: index).documents(for: pod, files)
      else { return nil }
      let part = Policy.examine(documents)
      return part.findings.hasErrors ? nil : part.policy
    } catch { return nil }
  }

  /// Keeps the policy of a path, which must be without errors, unless it is kept already.
  ///
  /// If that fails, or another process is keeping a policy, nothing is kept.
  package func keep(_ documents: [YAMLDocument], at path: String) {
    let files = documents.map(\.file)
    guard files.reduce(0, { $0 + $1.bytes.count }) >= Self.threshold,
      let lock = try? FileLock(Self.lock, in: directory, waiting: .zero)
    else { return }
    defer { _ = lock }
    let name = Self.name(of: path)
    var head = BinaryWriter()
    head.text(identity)
    head.number(files.count)
    for file in files {
      head.text(file.path)
      head.number(file.bytes.count)
    }
    let (index, bodies) = KeptPolicy.write(documents)
    var writer = BinaryWriter()
    ChecksummedBlock.write(head.bytes, to: &writer)
    for file in files { writer.raw(file.bytes) }
    ChecksummedBlock.write(index, to: &writer)
    writer.raw(bodies)
    guard writer.bytes.count <= Self.limit, !holds(writer.bytes, name) else { return }
    // We do not rename over the old file: a process killed in the middle of that would leave a second file.
    guard (try? directory.remove(name)) != nil || (try? directory.removeEmptyDirectory(name)) == true else { return }
    let names = (try? directory.names()) ?? []
    let others = names.filter { $0.hasPrefix("policy-") && $0.hasSuffix(".cache") }
    for other in others.dropFirst(Self.places - 1) { _ = try? directory.remove(other) }
    // Remains of a killed process, on file systems that have no files without a name.
    for half in names where half.hasPrefix(".policy-") { _ = try? directory.remove(half) }
    _ = try? directory.createExclusive(name, contents: writer.bytes, mode: 0o600)
  }

  /// Whether these very bytes are kept already. After a refused Pod the whole policy was read although it is kept.
  private func holds(_ bytes: [UInt8], _ name: String) -> Bool {
    guard let file = TrustedFile(name, in: directory, limit: Self.limit) else { return false }
    return file.size == bytes.count && file.holds(bytes, at: 0)
  }

  /// The kept policy and the offset of its index, if its files had these paths and the very same bytes.
  private func find(
    _ paths: [String], at path: String
  ) throws(BinaryReader.Damage) -> (files: [SourceFile], kept: KeptFile, index: Int)? {
    guard let file = TrustedFile(Self.name(of: path), in: directory, limit: Self.limit) else { return nil }
    let kept = KeptFile(file)
    let head = try ChecksummedBlock(kept.file, at: 0)
    defer { withExtendedLifetime(head) {} }
    var reader = head.reader
    guard try reader.text(is: identity), try reader.number() == paths.count else { return nil }
    var files: [SourceFile] = []
    var offset = head.end
    for path in paths {
      guard try reader.text(is: path) else { return nil }
      let count = try reader.number()
      guard kept.file.holds(count, at: offset, ofFile: path) else { return nil }
      files.append(kept.source(path, count, at: offset))
      offset += count
    }
    return (files, kept, offset)
  }
}
