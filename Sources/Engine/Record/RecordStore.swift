import CNI
import Glibc
import NetworkTypes
import System

/// The records of one node: one file each below `stateDir`, private to root.
struct RecordStore: ~Copyable {
  private let root: Directory
  private let records: Directory

  /// The largest record that is read, in bytes. A plan holds the configurations of all delegates.
  static let limit = 16 << 20

  /// Opens the directory, or makes it. Throws `SystemError.untrusted` if others may write to it.
  init(_ stateDir: String) throws(SystemError) {
    let root = try Directory.openTrusted(stateDir, create: 0o700)
    // The lock file is made before the records' directory. So wherever there is a record, there is a lock file.
    if try !root.exists(Self.recordsName) { _ = try root.createExclusive(Self.lockName, contents: [], mode: 0o600) }
    let records = try root.subdirectory(Self.recordsName, create: 0o700)
    self.root = root
    self.records = records
  }

  private static let recordsName = "records"
  private static let lockName = "lock"
  private static let bootName = "boot"

  /// Whether there may be records below that directory.
  static func exists(_ stateDir: String) -> Bool { access("\(stateDir)/\(recordsName)", F_OK) == 0 || errno != ENOENT }

  /// Throws the error that the next record would meet, such as a full disk.
  func tryWriting() throws(SystemError) { try records.tryWriting("status", bytes: 1 << 14) }

  /// The file of `DelegateCall.Options.bridgeLock`. It cannot be `lock`, because closing any descriptor of that file would free
  /// all its locks.
  var bridgeLock: String { "\(root.path)/bridges" }

  /// Keeps every other process from working on the same attachment until the lock is dropped.
  func lock(_ key: Attachment, waiting time: Duration) throws(SystemError) -> RangeLock {
    try RangeLock("\(root.path)/\(Self.lockName)", key: key.hash, waiting: time)
  }

  /// Reads a record; nil if there is none. The caller must hold the attachment's lock.
  ///
  /// A record that cannot be read is set aside. It is reported once (`EngineError.record`) and then ignored.
  func read(_ key: Attachment) throws(EngineError) -> Record? {
    let bytes: [UInt8]?
    do { bytes = try records.read(key.file, limit: Self.limit) } catch { throw .state(error) }
    guard let bytes else { return nil }
    do { return try Record(bytes, file: "\(root.path)/corrupt/\(key.file)") } catch {
      // The file is kept for a person to look at.
      do { try records.move(key.file, to: root.subdirectory("corrupt", create: 0o700)) } catch { throw .state(error) }
      throw .record(error)
    }
  }

  /// Reads a record without setting it aside; nil if there is none or it cannot be read.
  func peek(_ key: Attachment) -> Record? {
    guard let bytes = (try? records.read(key.file, limit: Self.limit)) ?? nil else { return nil }
    return try? Record(bytes, file: key.file)
  }

  /// Whether the records of earlier boots have been settled in this boot.
  func isSettled(_ bootID: String) -> Bool {
    let bytes = (try? root.read(Self.bootName, limit: 64)) ?? nil
    return bytes.map { $0.elementsEqual(bootID.utf8) } ?? false
  }

  /// Notes that the records of earlier boots have been settled. If this fails, the next ADD looks again.
  func markSettled(_ bootID: String) { try? root.overwrite(Self.bootName, contents: Array(bootID.utf8), mode: 0o600) }

  /// Whether `read` has set aside a record of the attachment. True if that cannot be told.
  func isSetAside(_ attachment: Attachment) -> Bool {
    // GC's list may hold names that no record can have.
    guard let key = Attachment(file: attachment.file) else { return false }
    return access("\(root.path)/corrupt/\(key.file)", F_OK) == 0 || errno != ENOENT
  }

  /// Replaces the record in one step. With `durable` it survives a power cut.
  func write(_ record: Record, durable: Bool) throws(EngineError) {
    let key = record.attachment
    let contents = Array((record.json.text(pretty: true) + "\n").utf8)
    do { try records.replace(key.file, contents: contents, mode: 0o600, durable: durable) } catch { throw .state(error) }
  }

  func remove(_ key: Attachment) throws(EngineError) {
    do {
      try records.remove(key.file)
      try records.remove(Directory.temporary(key.file))
    } catch { throw .state(error) }
  }

  /// The attachments of all records and of unfinished record files, each once, unordered.
  func attachments() throws(EngineError) -> [Attachment] {
    do {
      return Array(
        Set(
          try records.names().compactMap { name in
            let isHalf = name.hasPrefix(".") && name.hasSuffix(".tmp")
            return Attachment(file: isHalf ? String(name.dropFirst().dropLast(4)) : name)
          }))
    } catch { throw .state(error) }
  }
}
