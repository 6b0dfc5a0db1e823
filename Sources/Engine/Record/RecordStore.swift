import CNI
import Glibc
import NetworkTypes
import System

/// The records of one node: one file each below `stateDir`, private to root.
///
/// A record is in `records` if its ADD is complete, else in `unfinished`. So an ADD finds what still has to be undone without looking at
/// every Pod of the node. A crash may leave a record in both; the complete one counts then.
struct RecordStore: ~Copyable {
  private let root: Directory
  private let records: Directory
  /// Nil if it cannot be made, for example on a full disk that an older Braid has records on. DEL must work there.
  private let unfinished: Directory?

  /// The largest record that is read, in bytes. A plan holds the configurations of all delegates.
  static let limit = 16 << 20

  /// Opens the directory, or makes it. Throws `SystemError.untrusted` if others may write to it.
  init(_ stateDir: String) throws(SystemError) {
    let root = try Directory.openTrusted(stateDir, create: 0o700)
    // The lock file is made before the records' directory. So wherever there is a record, there is a lock file.
    if try !root.exists(Self.recordsName) { _ = try root.createExclusive(Self.lockName, contents: [], mode: 0o600) }
    let records = try root.subdirectory(Self.recordsName, create: 0o700)
    unfinished = try? root.subdirectory(Self.unfinishedName, create: 0o700)
    self.root = root
    self.records = records
  }

  private static let recordsName = "records"
  private static let unfinishedName = "unfinished"
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
    if let complete = try read(key, in: records) { return complete }
    return try inUnfinished { (directory) throws(EngineError) in try read(key, in: directory) } ?? nil
  }

  /// Runs `body` on the directory of unfinished records; nil if there is none.
  private func inUnfinished<T, E: Error>(_ body: (borrowing Directory) throws(E) -> T) throws(E) -> T? {
    switch unfinished {
    case .some(let unfinished): try body(unfinished)
    case .none: nil
    }
  }

  private func read(_ key: Attachment, in directory: borrowing Directory) throws(EngineError) -> Record? {
    let bytes: [UInt8]?
    do { bytes = try directory.read(key.file, limit: Self.limit) } catch { throw .state(error) }
    guard let bytes else { return nil }
    do { return try Record(bytes, file: "\(root.path)/corrupt/\(key.file)") } catch {
      // The file is kept for a person to look at.
      do { try directory.move(key.file, to: root.subdirectory("corrupt", create: 0o700)) } catch { throw .state(error) }
      throw .record(error)
    }
  }

  /// Reads a record without setting it aside; nil if there is none or it cannot be read.
  func peek(_ key: Attachment) -> Record? {
    func bytes(in directory: borrowing Directory) -> [UInt8]? { (try? directory.read(key.file, limit: Self.limit)) ?? nil }
    guard let found = bytes(in: records) ?? inUnfinished({ bytes(in: $0) }) ?? nil else { return nil }
    return try? Record(found, file: key.file)
  }

  /// How the records of earlier boots were settled in this boot; nil if they have not been.
  func settlement(of bootID: String) -> Settlement? {
    guard let bytes = (try? root.read(Self.bootName, limit: 128)) ?? nil else { return nil }
    return [.whole, .withLivingPods].first { Self.note(bootID, $0) == bytes }
  }

  /// What was found among the records of other boot IDs.
  enum Settlement: String {
    /// Nothing lives of what they describe.
    case whole = ""
    /// Some of their Pods live, so a boot ID that differs proves no reboot.
    case withLivingPods = " living"
  }

  /// Notes that the records of earlier boots have been settled. If this fails, the next ADD looks again.
  func note(_ settlement: Settlement, of bootID: String) {
    try? root.overwrite(Self.bootName, contents: Self.note(bootID, settlement), mode: 0o600)
  }

  private static func note(_ bootID: String, _ settlement: Settlement) -> [UInt8] { Array((bootID + settlement.rawValue).utf8) }

  /// Whether `read` has set aside a record of the attachment. True if that cannot be told.
  func isSetAside(_ attachment: Attachment) -> Bool {
    // GC's list may hold names that no record can have.
    guard let key = Attachment(file: attachment.file) else { return false }
    return access("\(root.path)/corrupt/\(key.file)", F_OK) == 0 || errno != ENOENT
  }

  /// Replaces the record in one step. With `durable` it survives a power cut.
  func write(_ record: Record, durable: Bool) throws(EngineError) {
    let file = record.attachment.file
    let contents = Array((record.json.text(pretty: true) + "\n").utf8)
    do throws(SystemError) {
      // The other place is cleared last, so the record is always in one of them.
      if record.state == .complete {
        try records.replace(file, contents: contents, mode: 0o600, durable: durable)
        try removeUnfinished(file)
      } else {
        switch unfinished {
        case .some(let unfinished): try unfinished.replace(file, contents: contents, mode: 0o600, durable: durable)
        // Tells why it cannot be made.
        case .none:
          try root.subdirectory(Self.unfinishedName, create: 0o700)
            .replace(file, contents: contents, mode: 0o600, durable: durable)
        }
        if record.state == .undoing { try records.remove(file) }
      }
    } catch { throw .state(error) }
  }

  private func removeUnfinished(_ file: String) throws(SystemError) {
    _ = try inUnfinished { (directory) throws(SystemError) in try directory.remove(file) }
  }

  /// Removes the record, and what a killed process left of it.
  func remove(_ key: Attachment) throws(EngineError) {
    do throws(SystemError) {
      try records.remove(key.file)
      try removeUnfinished(key.file)
    } catch { throw .state(error) }
  }

  /// The attachments of all records and of unfinished record files, each once, unordered.
  func attachments() throws(EngineError) -> [Attachment] {
    do throws(SystemError) {
      let unfinished = try inUnfinished { (directory) throws(SystemError) in try directory.names() } ?? []
      let names = try records.names() + unfinished
      return Array(
        Set(
          names.compactMap { name in
            let isHalf = name.hasPrefix(".") && name.hasSuffix(".tmp")
            return Attachment(file: isHalf ? String(name.dropFirst().dropLast(4)) : name)
          }))
    } catch { throw .state(error) }
  }

  /// The attachments whose ADD or undo is not complete, and whose record nobody has written for so long. The one that has waited
  /// longest is first.
  func unfinished(untouchedFor time: Duration) throws(SystemError) -> [Attachment] {
    let latest = FileTime.now().seconds - Int(time.components.seconds)
    var found: [(time: FileTime, attachment: Attachment)] = []
    _ = try inUnfinished { (directory) throws(SystemError) in
      for name in try directory.names() {
        guard let attachment = Attachment(file: name), let written = try directory.status(name)?.modified,
          written.seconds <= latest
        else { continue }
        found.append((written, attachment))
      }
    }
    return found.sorted { $0.time < $1.time }.map(\.attachment)
  }
}
