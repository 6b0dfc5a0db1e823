import Diagnostics
import System
import YAML

/// Large policies as they were read last, on disk, of which a call reads the rule that matches and the networks that it needs.
///
/// What is kept has been checked as a whole, and is used for the very same bytes only: the policy's files are read each time and
/// compared with those that were kept, byte for byte. It counts for one boot and one build of the program. All of it that is used has
/// a checksum. Whatever is wrong with it, the policy is read as if it were not there; it is never needed.
package struct PolicyCache: ~Copyable {
  private let directory: Directory
  private let identity: String

  /// Policies of fewer bytes are read in no time.
  static let threshold = 8 << 10
  /// Bytes of a file that is kept, and read: several times the largest policy.
  static let limit = 128 << 20
  /// How many policies are kept in one directory; one more takes the place of another.
  static let places = 16

  private static let lock = "policy.lock"
  private static let magic = "braid policy cache 3"

  /// In a directory of ours. Nil where it cannot be opened, or nobody can tell which program this is.
  package init?(_ path: String, bootID: String) {
    guard let image = ExecutableImage.identity(), let found = try? Directory.openTrusted(path) else { return nil }
    directory = found
    identity = "\(Self.magic)\n\(bootID)\n\(image)"
  }

  /// The file in which the policy of a path is kept.
  static func name(of path: String) -> String { "policy-\(String(Block.checksum(of: path), radix: 16)).cache" }

  /// As much of the policy of a path, which has these files now, as is about the Pod: the rule that matches, the networks that it
  /// names, and those that the Pod asks for. Nil where that is not kept, where no rule matches, or anything is odd: then all must be read.
  package func part(for pod: Pod, of paths: [String], at path: String) -> Policy? {
    do throws(BinaryReader.Damage) {
      guard let (files, kept, index) = try find(paths, at: path),
        let documents = try KeptPolicyReader.open(kept, index: index).documents(for: pod, files)
      else { return nil }
      let part = Policy.examine(documents)
      return part.findings.hasErrors ? nil : part.policy
    } catch { return nil }
  }

  /// Keeps the policy of a path that was read and found to be without errors, if it is not kept already. Where that fails, or somebody
  /// else does it, nothing is kept.
  package func keep(_ documents: [YAMLDocument], at path: String) {
    let files = documents.map(\.file)
    guard files.reduce(0, { $0 + $1.bytes.count }) >= Self.threshold,
      let lock = try? FileLock(Self.lock, in: directory, seconds: 0)
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
    Block.write(head.bytes, to: &writer)
    for file in files { writer.raw(file.bytes) }
    Block.write(index, to: &writer)
    writer.raw(bodies)
    guard writer.bytes.count <= Self.limit, !holds(writer.bytes, name) else { return }
    // Not in the old one's place: whoever is killed in the middle of that leaves a second file.
    guard (try? directory.remove(name)) != nil else { return }
    let names = (try? directory.names()) ?? []
    let others = names.filter { $0.hasPrefix("policy-") && $0.hasSuffix(".cache") }
    for other in others.dropFirst(Self.places - 1) { _ = try? directory.remove(other) }
    // What somebody left who was killed, on file systems that have no files without a name.
    for half in names where half.hasPrefix(".policy-") { _ = try? directory.remove(half) }
    _ = try? directory.createExclusive(name, contents: writer.bytes, mode: 0o600)
  }

  /// A Pod that is refused has the whole policy read, which is kept well all the same.
  private func holds(_ bytes: [UInt8], _ name: String) -> Bool {
    guard let file = TrustedFile(name, in: directory, limit: Self.limit) else { return false }
    return file.size == bytes.count && file.holds(bytes, at: 0)
  }

  /// What is kept, and where its index is, if it is of files that have these paths and the very same bytes.
  private func find(
    _ paths: [String], at path: String
  ) throws(BinaryReader.Damage) -> (files: [SourceFile], kept: KeptFile, index: Int)? {
    guard let file = TrustedFile(Self.name(of: path), in: directory, limit: Self.limit) else { return nil }
    let kept = KeptFile(file)
    let head = try Block(kept.file, at: 0)
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
