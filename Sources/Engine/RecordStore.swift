import CNI
import NetworkTypes
import System

/// The records of one node: a file each below `stateDir`, private to root.
struct RecordStore: ~Copyable {
  private let root: String
  private let records: Directory
  /// Records that could not be read back, for a person to look at.
  private let corrupt: Directory

  /// The largest record that is read back, in bytes: a plan holds the configurations of every delegate.
  static let limit = 16 << 20
  /// How long an operation waits for another one of the same attachment, in seconds.
  static let patience = 60

  /// Opens the directory and makes it if it is not there. Throws `SystemError.untrusted` if others may write to it.
  init(_ stateDir: String) throws(SystemError) {
    _ = try Directory.openTrusted(stateDir, create: 0o700)
    let records = try Directory.openTrusted("\(stateDir)/records", create: 0o700)
    let corrupt = try Directory.openTrusted("\(stateDir)/corrupt", create: 0o700)
    root = stateDir
    self.records = records
    self.corrupt = corrupt
  }

  /// See `DelegateCall.Options.bridgeLock`: a file of its own, for closing one descriptor of `lock` would free all its locks.
  var bridgeLock: String { "\(root)/bridges" }

  /// Keeps every other process from working on the same attachment until the lock is dropped.
  func lock(_ key: RecordKey, seconds: Int) throws(SystemError) -> RangeLock {
    try RangeLock("\(root)/lock", key: key.hash, seconds: seconds)
  }

  /// Nil if there is none. One that cannot be read is set aside, so that it is told of once (`EngineError.record`) and then
  /// stands in nobody's way. Only for those who hold the key's lock.
  func read(_ key: RecordKey) throws(EngineError) -> Record? {
    let bytes: [UInt8]?
    do { bytes = try records.read(key.file, limit: Self.limit) } catch { throw .state(error) }
    guard let bytes else { return nil }
    do { return try Record(bytes, file: "\(root)/corrupt/\(key.file)") } catch {
      do { try records.move(key.file, to: corrupt) } catch { throw .state(error) }
      throw .record(error)
    }
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
