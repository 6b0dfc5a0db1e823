import Diagnostics
import Glibc
import System
import YAML

/// A large policy as it was read last, on disk, of which a call reads the rule that matches and the networks that it needs.
///
/// What is kept has been checked as a whole, and is used for the very same bytes only: the policy's files are read each time and
/// compared with those that were kept, byte for byte. It counts for one boot and one build of the program. Whatever is wrong with
/// it, the policy is read as if it were not there; it is never needed.
package struct PolicyCache: ~Copyable {
  private let directory: Directory
  private let identity: String

  /// Policies of fewer bytes are read in no time.
  static let threshold = 8 << 10

  private static let name = "policy.cache"
  private static let lock = "policy.lock"
  private static let magic = "braid policy cache 1"

  /// In a directory of ours. Nil where it cannot be opened, or nobody can tell which program this is.
  package init?(_ path: String, bootID: String) {
    guard let image = ExecutableImage.identity(), let found = try? Directory.openTrusted(path) else { return nil }
    directory = found
    identity = "\(Self.magic)\n\(bootID)\n\(image)"
  }

  /// As much of the policy as is about the Pod: the rule that matches, the networks that it names, and where the Pod asks for networks
  /// those that may be asked for. Nil where that is not kept, where no rule matches, or anything is odd: then all must be read.
  package func part(for pod: Pod, of files: [SourceFile]) -> Policy? {
    guard files.reduce(0, { $0 + $1.bytes.count }) >= Self.threshold, let mapped = MappedFile(Self.name, in: directory) else {
      return nil
    }
    do throws(BinaryReader.Damage) {
      var reader = BinaryReader(mapped.bytes)
      guard try isAbout(files, &reader), let documents = try CachedPolicy(mapped.bytes, &reader).documents(for: pod, files) else {
        return nil
      }
      let part = Policy.examine(documents)
      return part.findings.hasErrors ? nil : part.policy
    } catch { return nil }
  }

  /// Keeps a policy that was read and found to be without errors. Where that fails, or somebody else does it, nothing is kept.
  package func keep(_ documents: [YAMLDocument]) {
    guard documents.reduce(0, { $0 + $1.file.bytes.count }) >= Self.threshold,
      let lock = try? FileLock(Self.lock, in: directory, seconds: 0)
    else { return }
    defer { _ = lock }
    var writer = BinaryWriter()
    writer.text(identity)
    writer.number(documents.count)
    for document in documents {
      writer.text(document.file.path)
      writer.text(document.file.bytes)
    }
    CachedPolicy.write(documents, to: &writer)
    // Not in the old one's place: whoever is killed in the middle of that leaves a second file.
    guard (try? directory.remove(Self.name)) != nil else { return }
    _ = try? directory.createExclusive(Self.name, contents: writer.bytes, mode: 0o600)
  }

  private func isAbout(_ files: [SourceFile], _ reader: inout BinaryReader) throws(BinaryReader.Damage) -> Bool {
    guard try reader.raw().elementsEqual(identity.utf8), try reader.number() == files.count else { return false }
    for file in files {
      guard try reader.raw().elementsEqual(file.path.utf8) else { return false }
      guard isSame(try reader.raw(), file.bytes) else { return false }
    }
    return true
  }
}

private func isSame(_ kept: UnsafeRawBufferPointer, _ read: [UInt8]) -> Bool {
  kept.count == read.count && read.withUnsafeBytes { kept.isEmpty || memcmp($0.baseAddress!, kept.baseAddress!, kept.count) == 0 }
}
