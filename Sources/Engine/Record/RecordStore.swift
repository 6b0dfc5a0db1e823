import CNI
import Glibc
import NetworkTypes
import System

/// The records of one node: a file each below `stateDir`, private to root.
struct RecordStore: ~Copyable {
  private let root: Directory
  private let records: Directory

  /// The largest record that is read back, in bytes: a plan holds the configurations of every delegate.
  static let limit = 16 << 20

  /// Opens the directory and makes it if it is not there. Throws `SystemError.untrusted` if others may write to it.
  init(_ stateDir: String) throws(SystemError) {
    let root = try Directory.openTrusted(stateDir, create: 0o700)
    // The locks' file comes first: where a record may be, it is there to be locked.
    if try !root.exists(Self.recordsName) { _ = try root.createExclusive(Self.lockName, contents: [], mode: 0o600) }
    let records = try root.subdirectory(Self.recordsName, create: 0o700)
    self.root = root
    self.records = records
  }

  private static let recordsName = "records"
  private static let lockName = "lock"
  private static let bootName = "boot"

  /// Whether a record can ever have been kept there.
  static func exists(_ stateDir: String) -> Bool { access("\(stateDir)/\(recordsName)", F_OK) == 0 || errno != ENOENT }

  /// Throws what stands in the way of keeping one more record.
  func tryWriting() throws(SystemError) { try records.tryWriting("status", bytes: 1 << 14) }

  /// See `DelegateCall.Options.bridgeLock`: a file of its own, for closing one descriptor of `lock` would free all its locks.
  var bridgeLock: String { "\(root.path)/bridges" }

  /// Keeps every other process from working on the same attachment until the lock is dropped.
  func lock(_ key: Attachment, waiting time: Duration) throws(SystemError) -> RangeLock {
    try RangeLock("\(root.path)/\(Self.lockName)", key: key.hash, waiting: time)
  }

  /// Nil if there is none. One that cannot be read is set aside, so that it is told of once (`EngineError.record`) and then
  /// stands in nobody's way. Only for those who hold the key's lock.
  func read(_ key: Attachment) throws(EngineError) -> Record? {
    let bytes: [UInt8]?
    do { bytes = try records.read(key.file, limit: Self.limit) } catch { throw .state(error) }
    guard let bytes else { return nil }
    do { return try Record(bytes, file: "\(root.path)/corrupt/\(key.file)") } catch {
      // Kept for a person to look at.
      do { try records.move(key.file, to: root.subdirectory("corrupt", create: 0o700)) } catch { throw .state(error) }
      throw .record(error)
    }
  }

  /// A record as it is; nil if there is none, or none that can be read.
  func peek(_ key: Attachment) -> Record? {
    guard let bytes = (try? records.read(key.file, limit: Self.limit)) ?? nil else { return nil }
    return try? Record(bytes, file: key.file)
  }

  /// Whether the records of earlier boots have been seen to in this one.
  func isSettled(_ bootID: String) -> Bool {
    let bytes = (try? root.read(Self.bootName, limit: 64)) ?? nil
    return bytes.map { $0.elementsEqual(bootID.utf8) } ?? false
  }

  /// Where it cannot be noted, the next ADD looks again.
  func markSettled(_ bootID: String) { try? root.overwrite(Self.bootName, contents: Array(bootID.utf8), mode: 0o600) }

  /// Whether a record of the attachment was set aside by `read`, as far as can be told.
  func isSetAside(_ attachment: Attachment) -> Bool {
    // GC's list may hold what can be no record's name.
    guard let key = Attachment(file: attachment.file) else { return false }
    return access("\(root.path)/corrupt/\(key.file)", F_OK) == 0 || errno != ENOENT
  }

  /// Replaces the record in one step; `durable` ones survive a power cut.
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

  /// The attachments of all records, and of what a crash left of writing one, each once, in no order.
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
