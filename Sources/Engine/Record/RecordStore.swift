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
  private static let corruptName = "corrupt"

  var path: String { root.path }

  /// The paths of links, directories and the like that have the names of Braid's files. Some file systems do not list the kinds.
  func oddFiles() -> [String] {
    func isOurs(_ name: String) -> Bool {
      [Self.lockName, Self.bootName].contains(name) || name.hasPrefix("policy-") || name.hasPrefix("good-")
    }
    func odd(in directory: borrowing Directory, _ isOurs: (String) -> Bool) -> [String] {
      ((try? directory.entries()) ?? []).compactMap { name, kind in
        guard let kind, kind != .regular, isOurs(name) else { return nil }
        return "\(directory.path)/\(name) (\(kind.rawValue))"
      }
    }
    let all = odd(in: root, isOurs) + odd(in: records) { Attachment(file: $0) != nil }
    return (all + (inUnfinished { odd(in: $0) { Attachment(file: $0) != nil } } ?? [])).sorted()
  }

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

  /// What is known of an attachment.
  enum Finding: Equatable {
    case nothing
    case record(Record)
    /// There was a record, and it cannot be read. It has been set aside, and is not found again.
    case unreadable(RecordError)
  }

  /// Looks for the record of an attachment. The caller must hold the attachment's lock.
  ///
  /// Throws `EngineError.state` if the disk refuses to read it, because a later try may succeed.
  func read(_ key: Attachment) throws(EngineError) -> Finding {
    let complete = try read(key, in: records)
    if case .record = complete { return complete }
    let pending = try inUnfinished { (directory) throws(EngineError) in try read(key, in: directory) } ?? .nothing
    return pending == .nothing ? complete : pending
  }

  /// Runs `body` on the directory of unfinished records; nil if there is none.
  private func inUnfinished<T, E: Error>(_ body: (borrowing Directory) throws(E) -> T) throws(E) -> T? {
    switch unfinished {
    case .some(let unfinished): try body(unfinished)
    case .none: nil
    }
  }

  private func read(_ key: Attachment, in directory: borrowing Directory) throws(EngineError) -> Finding {
    let path = "\(directory.path)/\(key.file)"
    let problem: RecordError
    do throws(SystemError) {
      guard let bytes = try directory.read(key.file, limit: RecordLimit.bytes) else { return .nothing }
      do throws(RecordError) { return .record(try Record(bytes, file: path)) } catch { problem = error }
    } catch {
      guard let known = Self.problem(error, path, (try? directory.status(key.file)) ?? nil) else { throw .state(error) }
      problem = known
    }
    _ = setAside(key.file, from: directory)
    return .unreadable(problem)
  }

  /// The reason why a record can never be read; nil if a later try may succeed.
  private static func problem(_ error: SystemError, _ path: String, _ status: FileStatus?) -> RecordError? {
    if let kind = status?.kind, kind != .regular { return .notAFile(file: path, kind) }
    if case .tooLarge(_, let limit) = error { return .tooLarge(file: path, limit: limit) }
    return nil
  }

  /// Moves a file that is no record to where a person can look at it. False if that fails: the file stays then.
  private func setAside(_ file: String, from directory: borrowing Directory) -> Bool {
    guard let corrupt = try? root.subdirectory(Self.corruptName, create: 0o700) else { return false }
    CorruptRecords.makeRoom(in: corrupt, for: file)
    return (try? directory.move(file, to: corrupt)) != nil
  }

  /// Reads a record without setting it aside; nil if there is none or it cannot be read.
  func peek(_ key: Attachment) -> Record? {
    func bytes(in directory: borrowing Directory) -> [UInt8]? { (try? directory.read(key.file, limit: RecordLimit.bytes)) ?? nil }
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
    // If the directory replaced another one in this boot, the mark of that one must stay.
    let isReplaced = isReplaced(in: bootID)
    try? root.overwrite(Self.bootName, contents: Self.note(bootID, settlement), mode: 0o600)
    if !isReplaced, let time = settled { StateMark(bootID: bootID, settled: time).write(beside: root.path) }
  }

  /// When the records of earlier boots were settled; nil if they never were.
  private var settled: FileTime? { ((try? root.status(Self.bootName)) ?? nil)?.modified }

  /// Writes the mark if an older Braid settled the boot without one.
  func completeMark(in bootID: String) {
    guard settlement(of: bootID) != nil, StateMark(beside: root.path) == nil, let time = settled else { return }
    StateMark(bootID: bootID, settled: time).write(beside: root.path)
  }

  /// Whether an ADD of this boot wrote its record to another directory in this place, which was removed or moved away since.
  func isReplaced(in bootID: String) -> Bool {
    guard let mark = StateMark(beside: root.path), mark.bootID == bootID else { return false }
    return mark.settled != settled
  }

  private static func note(_ bootID: String, _ settlement: Settlement) -> [UInt8] { Array((bootID + settlement.rawValue).utf8) }

  /// Whether `read` has set aside a record of the attachment. True if that cannot be told.
  func isSetAside(_ attachment: Attachment) -> Bool {
    // GC's list may hold names that no record can have.
    guard let key = Attachment(file: attachment.file) else { return false }
    return (try? root.exists("\(Self.corruptName)/\(key.file)")) ?? true
  }

  /// Replaces the record in one step. With `durable` it survives a power cut.
  func write(_ record: Record, durable: Bool) throws(EngineError) {
    try write(record.encoded(), of: record, durable: durable)
  }

  /// Like `write(_:durable:)`, for a record that is encoded already.
  func write(_ contents: [UInt8], of record: Record, durable: Bool) throws(EngineError) {
    let file = record.attachment.file
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

  /// Removes the record, and what a killed process left of it. Returns the paths of files that nobody can remove.
  @discardableResult
  func remove(_ key: Attachment) throws(EngineError) -> [String] {
    do throws(SystemError) {
      let complete = try remove(key.file, from: records)
      let pending = try inUnfinished { (directory) throws(SystemError) in try remove(key.file, from: directory) } ?? nil
      return [complete, pending].compactMap { $0 }
    } catch { throw .state(error) }
  }

  /// Removes a file, or sets it aside if it is a directory. Returns its path if nobody can do that.
  private func remove(_ file: String, from directory: borrowing Directory) throws(SystemError) -> String? {
    do throws(SystemError) { try directory.remove(file) } catch {
      guard error.errno == .isDirectory || error.errno == .notPermitted else { throw error }
      if !setAside(file, from: directory) { return "\(directory.path)/\(file)" }
    }
    return nil
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
