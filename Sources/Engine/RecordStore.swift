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
  /// How long an operation waits for another one of the same attachment, in seconds.
  static let patience = 60

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
  func lock(_ key: RecordKey, seconds: Int) throws(SystemError) -> RangeLock {
    try RangeLock("\(root.path)/\(Self.lockName)", key: key.hash, seconds: seconds)
  }

  /// Nil if there is none. One that cannot be read is set aside, so that it is told of once (`EngineError.record`) and then
  /// stands in nobody's way. Only for those who hold the key's lock.
  func read(_ key: RecordKey) throws(EngineError) -> Record? {
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
  func peek(_ key: RecordKey) -> Record? {
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
    guard let key = RecordKey(file: "\(attachment.containerID)@\(attachment.ifName).json") else { return false }
    return access("\(root.path)/corrupt/\(key.file)", F_OK) == 0 || errno != ENOENT
  }

  /// Replaces the record in one step; `durable` ones survive a power cut.
  func write(_ record: Record, durable: Bool) throws(EngineError) {
    let key = RecordKey(record.containerID, record.ifName)
    let contents = Array((record.json.text(pretty: true) + "\n").utf8)
    do { try records.replace(key.file, contents: contents, mode: 0o600, durable: durable) } catch { throw .state(error) }
  }

  func remove(_ key: RecordKey) throws(EngineError) {
    do {
      try records.remove(key.file)
      try records.remove(Directory.temporary(key.file))
    } catch { throw .state(error) }
  }

  /// The keys of all records, and of what a crash left of writing one, each once, in no order.
  func keys() throws(EngineError) -> [RecordKey] {
    do {
      return Array(
        Set(
          try records.names().compactMap { name in
            let isHalf = name.hasPrefix(".") && name.hasSuffix(".tmp")
            return RecordKey(file: isHalf ? String(name.dropFirst().dropLast(4)) : name)
          }))
    } catch { throw .state(error) }
  }
}

/// What an ADD is known by: container ID and CNI_IFNAME.
struct RecordKey: Hashable {
  let containerID: ContainerID
  let ifName: InterfaceName

  init(_ containerID: ContainerID, _ ifName: InterfaceName) { (self.containerID, self.ifName) = (containerID, ifName) }

  /// A container ID never holds an `@`, so that the first one divides.
  init?(file: String) {
    guard file.hasSuffix(".json") else { return nil }
    let parts = file.dropLast(5).split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let id = try? ContainerID(String(parts[0])), let name = try? InterfaceName(parts[1]) else {
      return nil
    }
    self.init(id, name)
  }

  var file: String { "\(containerID)@\(ifName).json" }

  /// File names have at most 255 bytes, and `replace` adds five.
  var fits: Bool { file.utf8.count <= 250 }

  /// The group of the attachment's links in the container's namespace: never 0, which is everybody's.
  var linkGroup: UInt32 { UInt32(truncatingIfNeeded: hash) & 0x3fff_ffff | 0x4000_0000 }

  /// FNV-1a, cut to what a file offset can be. Two keys of the same hash merely wait for each other.
  var hash: Int64 {
    let hash = "\(containerID)@\(ifName)".utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return Int64(hash >> 2)
  }
}
