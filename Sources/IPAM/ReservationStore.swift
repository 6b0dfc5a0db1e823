import CNI
import NetworkTypes
import System

/// The reservations of one network on disk, in the reference plugin's format: `<dataDir>/<network>/<ip>` holds
/// `<container ID>\r\n<interface>`, under a lock on the file `lock`.
///
/// Beside it, in the folder `.braid`, each attachment has a file that lists its addresses, so that neither giving nor taking
/// back reads other reservations. The folder's `stamp` is the time of the last change that the index knows of; where another
/// program has changed the directory since, the index is made anew.
struct ReservationStore: ~Copyable {
  private let directory: Directory
  private let index: Directory
  private let lock: FileLock

  /// The largest reservation or index file that is read, in bytes.
  private static let limit = 1 << 16
  /// How long another process may hold the lock, in seconds.
  private static let patience = 60
  private static let stamp = "stamp"

  /// Opens and locks the store of a network.
  static func open(dataDir: String, network: NetworkName) throws(SystemError) -> ReservationStore {
    let directory = try Directory.openTrusted("\(dataDir)/\(network)", create: 0o755)
    let lock = try FileLock("lock", in: directory, seconds: patience)
    let index = try Directory.openTrusted("\(dataDir)/\(network)/.braid", create: 0o700)
    let store = ReservationStore(directory: directory, index: index, lock: lock)
    if try !store.isCurrent() { try store.rebuild() }
    return store
  }

  // MARK: - The index

  private func isCurrent() throws(SystemError) -> Bool {
    guard let stamp = try index.read(Self.stamp, limit: 64) else { return false }
    return String(decoding: stamp, as: UTF8.self) == (try directory.modificationTime())
  }

  /// Says that the index knows of every change up to now.
  func seal() throws(SystemError) {
    try index.replace(Self.stamp, contents: Array(try directory.modificationTime().utf8), mode: 0o600, durable: false)
  }

  /// Reads every reservation once.
  private func rebuild() throws(SystemError) {
    for name in try index.names() { try index.remove(name) }
    var found: [String: [IPAddress]] = [:]
    for name in try directory.names() {
      // What a crash of ours left half written.
      if name.hasPrefix("."), name.hasSuffix(".tmp") { try directory.remove(name) }
      guard let address = try? IPAddress(name), let bytes = try directory.read(name, limit: Self.limit) else { continue }
      // An empty file is what a crash of the reference plugin leaves: it has no owner.
      if bytes.isEmpty { try directory.remove(name) } else { found[Self.owner(bytes), default: []].append(address) }
    }
    for (owner, addresses) in found { try write(owner, addresses.sorted()) }
    try seal()
  }

  private func write(_ owner: String, _ addresses: [IPAddress]) throws(SystemError) {
    let text = ([owner] + addresses.map(\.description)).joined(separator: "\n")
    try index.replace(Self.file(owner), contents: Array(text.utf8), mode: 0o600, durable: false)
  }

  /// The addresses that the attachment has.
  func addresses(of id: ContainerID, _ ifName: InterfaceName) throws(SystemError) -> [IPAddress] {
    try addresses(of: Self.owner(id, ifName))
  }

  private func addresses(of owner: String) throws(SystemError) -> [IPAddress] {
    guard let bytes = try index.read(Self.file(owner), limit: Self.limit) else { return [] }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let first = lines.first, first == owner else { return [] }
    return lines.dropFirst().compactMap { try? IPAddress($0) }
  }

  /// Container ID and interface, as one line. The reference plugin's older reservations have no interface.
  private static func owner(_ id: ContainerID, _ ifName: InterfaceName) -> String { "\(id) \(ifName)" }

  private static func owner(_ contents: [UInt8]) -> String {
    let parts = String(decoding: contents, as: UTF8.self).split(whereSeparator: \.isNewline)
    return parts.prefix(2).map { $0.filter { !$0.isWhitespace } }.joined(separator: " ")
  }

  /// A file name for any owner, however long: FNV-1a in two halves.
  private static func file(_ owner: String) -> String {
    var (a, b) = (0xcbf2_9ce4_8422_2325 as UInt64, 0x6c62_272e_07bb_0142 as UInt64)
    for byte in owner.utf8 {
      a = (a ^ UInt64(byte)) &* 0x100_0000_01b3
      b = (b &+ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15
    }
    return String(a, radix: 16) + "-" + String(b, radix: 16)
  }

  // MARK: - Reservations

  func isTaken(_ address: IPAddress) throws(SystemError) -> Bool { try directory.exists(address.description) }

  /// Makes all reservations of an attachment; each file appears with its contents.
  func reserve(_ addresses: [IPAddress], for id: ContainerID, _ ifName: InterfaceName) throws(SystemError) {
    for address in addresses {
      try directory.replace(address.description, contents: Array("\(id)\r\n\(ifName)".utf8), mode: 0o600, durable: false)
    }
    try write(Self.owner(id, ifName), try self.addresses(of: id, ifName) + addresses)
  }

  /// Frees what the attachment has, and what an older reference plugin reserved for the container alone.
  func release(_ id: ContainerID, _ ifName: InterfaceName) throws(SystemError) {
    for owner in [Self.owner(id, ifName), id.text] {
      for address in try addresses(of: owner) { try directory.remove(address.description) }
      try index.remove(Self.file(owner))
    }
  }

  /// Frees what belongs to no attachment of `valid`.
  func release(allExcept valid: [Attachment]) throws(SystemError) {
    let kept = Set(valid.map { "\($0.containerID) \($0.ifName)" } + valid.map(\.containerID))
    for name in try index.names() where name != Self.stamp {
      guard let bytes = try index.read(name, limit: Self.limit),
        let owner = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init), !kept.contains(owner)
      else { continue }
      for address in try addresses(of: owner) { try directory.remove(address.description) }
      try index.remove(name)
    }
  }

  // MARK: - Where the next address is looked for

  func lastReserved(set: Int) throws(SystemError) -> IPAddress? {
    guard let bytes = try directory.read("last_reserved_ip.\(set)", limit: 64) else { return nil }
    return try? IPAddress(String(decoding: bytes, as: UTF8.self))
  }

  func setLastReserved(_ address: IPAddress, set: Int) throws(SystemError) {
    try directory.replace("last_reserved_ip.\(set)", contents: Array(address.description.utf8), mode: 0o600, durable: false)
  }
}
