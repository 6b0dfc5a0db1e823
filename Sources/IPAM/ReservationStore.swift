import CNI
import NetworkTypes
import System

/// The reservations of one network on disk, in the reference plugin's format: `<dataDir>/<network>/<ip>` holds
/// `<container ID>\r\n<interface>`, under a flock(2) on the file `lock`, so that both can work on the same directory.
struct ReservationStore: ~Copyable {
  private let directory: Directory
  private let lock: FileLock
  /// Nil where it cannot be written (a full disk): every question then reads all reservations, as the reference plugin does.
  private let index: ReservationIndex?

  /// Where a reservation is written on file systems that have no files without a name: one place for all, so that whoever comes next
  /// finds what somebody left who was killed.
  private static let aside = ".reservation.tmp"
  /// The largest reservation that is read, in bytes.
  private static let limit = 1 << 12

  /// Opens and locks the store of a network, made if it is not there. What an earlier boot reserved is freed first.
  static func make(dataDir: String, network: NetworkName, bootID: String) throws(SystemError) -> ReservationStore {
    let directory = try Directory.openTrusted("\(dataDir)/\(network)", create: 0o755)
    let lock = try FileLock("lock", in: directory, waiting: Waits.reservationLock)
    let index = try ReservationIndex(dataDir: dataDir, network: network.text, bootID: bootID)
    try refresh(index, directory)
    return ReservationStore(directory: directory, lock: lock, index: index)
  }

  /// The same to look things up or give them back: nil if there is no store, and no need for an index that can be written.
  static func open(dataDir: String, network: NetworkName, bootID: String) throws(SystemError) -> ReservationStore? {
    guard let directory = try Directory.openTrusted("\(dataDir)/\(network)") else { return nil }
    let lock: FileLock
    do throws(SystemError) { lock = try FileLock("lock", in: directory, waiting: Waits.reservationLock) } catch {
      // An allocation that had no room for the lock itself reserved nothing.
      if try directory.names().isEmpty { return nil }
      throw error
    }
    do throws(SystemError) {
      let index = try ReservationIndex(dataDir: dataDir, network: network.text, bootID: bootID)
      try refresh(index, directory)
      return ReservationStore(directory: directory, lock: lock, index: index)
    } catch {
      return ReservationStore(directory: directory, lock: lock, index: nil)
    }
  }

  // MARK: - The index and the directory

  private static func refresh(_ index: borrowing ReservationIndex, _ directory: borrowing Directory) throws(SystemError) {
    guard try !index.isCurrent(directory) else { return }
    // Whoever left it changed the directory.
    _ = try? directory.remove(aside)
    if try index.isOfEarlierBoot() { try freeEarlierBoot(index, directory) }
    try rebuild(index, directory)
    try index.seal(directory)
  }

  /// Frees what the index knows of an earlier boot: no network namespace outlives one.
  ///
  /// An address that somebody reserved anew since has another file, and stays.
  private static func freeEarlierBoot(
    _ index: borrowing ReservationIndex, _ directory: borrowing Directory
  ) throws(SystemError) {
    for file in try index.files() {
      for holding in try index.entry(file)?.holdings ?? [] {
        guard let status = try directory.status(holding.address.description) else { continue }
        if ReservationIndex.Holding(holding.address, status) == holding { try directory.remove(holding.address.description) }
      }
      try index.remove(file)
    }
  }

  /// Reads every reservation once.
  private static func rebuild(_ index: borrowing ReservationIndex, _ directory: borrowing Directory) throws(SystemError) {
    let found = try scan(directory)
    let known = Set(found.keys.map(\.file))
    for file in try index.files() where !known.contains(file) { try index.remove(file) }
    for (owner, holdings) in found { try index.write(.init(owner: owner, holdings: holdings)) }
  }

  /// All reservations by their owners. One without an owner is of somebody who was killed while making it, and is removed.
  private static func scan(_ directory: borrowing Directory) throws(SystemError) -> [Owner: [ReservationIndex.Holding]] {
    var found: [Owner: [ReservationIndex.Holding]] = [:]
    for name in try directory.names() {
      guard let address = try? IPAddress(name), address.description == name, let status = try directory.status(name),
        let bytes = try directory.read(name, limit: limit)
      else { continue }
      if let owner = Owner(reservation: bytes) {
        found[owner, default: []].append(.init(address, status))
      } else {
        try directory.remove(name)
      }
    }
    for owner in found.keys { found[owner]?.sort { $0.address < $1.address } }
    return found
  }

  /// Ends a change. Where this fails, or is never reached, the next call makes the index anew.
  func finish() throws(SystemError) {
    switch index {
    case .some(let index): if try !index.removeIfEmpty() { try index.seal(directory) }
    case .none: break
    }
  }

  // MARK: - Reservations

  /// The addresses that an owner has, as the directory says.
  func addresses(of owner: Owner) throws(SystemError) -> [IPAddress] {
    let holdings =
      switch index {
      case .some(let index): try index.entry(of: owner)?.holdings ?? []
      case .none: try Self.scan(directory)[owner] ?? []
      }
    var confirmed: [IPAddress] = []
    for holding in holdings where try self.owner(of: holding.address) == owner { confirmed.append(holding.address) }
    return confirmed
  }

  /// Who has an address; nil if nobody.
  func owner(of address: IPAddress) throws(SystemError) -> Owner? {
    try directory.read(address.description, limit: Self.limit).flatMap(Owner.init(reservation:))
  }

  func isTaken(_ address: IPAddress) throws(SystemError) -> Bool { try directory.exists(address.description) }

  /// The names of all that is in the directory, reservations among them.
  func names() throws(SystemError) -> Set<String> { Set(try directory.names()) }

  /// When an address was reserved.
  func time(of address: IPAddress) throws(SystemError) -> FileTime? { try directory.status(address.description)?.modified }

  /// Reserves an address; false if somebody has it. `record` completes it.
  func reserve(_ address: IPAddress, for owner: Owner) throws(SystemError) -> Bool {
    try directory.createExclusive(address.description, contents: owner.reservation, mode: 0o600, aside: Self.aside)
  }

  /// Takes back addresses of an owner; the index follows where it can be written.
  func free(_ addresses: [IPAddress], of owner: Owner) throws(SystemError) {
    for address in addresses { try directory.remove(address.description) }
    try? record(owner, without: addresses)
  }

  /// Writes into the index what an owner has.
  func record(_ owner: Owner, with more: [IPAddress] = [], without gone: [IPAddress] = []) throws(SystemError) {
    switch index {
    case .none: break
    case .some(let index):
      var entry = ReservationIndex.Entry(owner: owner, holdings: [])
      for holding in try index.entry(of: owner)?.holdings ?? [] {
        // What an unfinished change left in the index, and the owner has no more, goes with this one.
        guard !gone.contains(holding.address), !more.contains(holding.address) else { continue }
        if try self.owner(of: holding.address) == owner { entry.holdings.append(holding) }
      }
      for address in more {
        if let status = try directory.status(address.description) { entry.holdings.append(.init(address, status)) }
      }
      try index.write(entry)
    }
  }

  /// Every owner that has something.
  func owners() throws(SystemError) -> [Owner] {
    switch index {
    case .none: return Array(try Self.scan(directory).keys)
    case .some(let index):
      var owners: [Owner] = []
      for file in try index.files() {
        if let owner = try index.entry(file)?.owner { owners.append(owner) }
      }
      return owners
    }
  }

  // MARK: - Where the next address is looked for

  func lastReserved(set: Int) throws(SystemError) -> IPAddress? {
    guard let bytes = try directory.read("last_reserved_ip.\(set)", limit: 64) else { return nil }
    return try? IPAddress(String(decoding: bytes, as: UTF8.self))
  }

  func setLastReserved(_ address: IPAddress, set: Int) throws(SystemError) {
    try directory.overwrite("last_reserved_ip.\(set)", contents: Array(address.description.utf8), mode: 0o600)
  }
}
