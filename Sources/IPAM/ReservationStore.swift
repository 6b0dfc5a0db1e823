import CNI
import NetworkTypes
import System

/// The reservations of one network on disk, in the reference plugin's format.
///
/// The file `<dataDir>/<network>/<ip>` holds `<container ID>\r\n<interface>`. A flock(2) on the file `lock` guards all of them.
/// So Braid and the reference plugin can work on the same directory.
struct ReservationStore: ~Copyable {
  private let directory: Directory
  private let lock: FileLock
  /// Nil if the index cannot be written, for example on a full disk, or because something else has its name. Every question then
  /// reads all reservations, as the reference plugin does.
  private let index: ReservationIndex?

  /// The temporary name of a reservation on file systems without unnamed files. All reservations share one name, so the next
  /// process finds and removes the file of a killed one.
  private static let aside = ".reservation.tmp"

  /// Opens and locks a network's store, or makes it. Frees the reservations of earlier boots first if it may.
  static func make(
    dataDir: String, network: NetworkName, bootID: String, freesEarlierBoot: Bool = true
  ) throws(SystemError) -> ReservationStore {
    let directory = try Directory.openTrusted("\(dataDir)/\(network)", create: 0o755)
    let lock = try FileLock("lock", in: directory, waiting: Waits.reservationLock)
    do throws(SystemError) {
      let index = try ReservationIndex(dataDir: dataDir, network: network.text, bootID: bootID)
      try refresh(index, directory, freesEarlierBoot: freesEarlierBoot)
      return ReservationStore(directory: directory, lock: lock, index: index)
    } catch {
      return ReservationStore(directory: directory, lock: lock, index: nil)
    }
  }

  /// Opens and locks a network's store to look up or free reservations; nil if there is no store. The index need not be writable.
  ///
  /// The reservations of earlier boots stay until an ADD needs room: only an ADD knows whether the boot ID can be trusted.
  static func open(dataDir: String, network: NetworkName, bootID: String) throws(SystemError) -> ReservationStore? {
    guard let directory = try Directory.openTrusted("\(dataDir)/\(network)") else { return nil }
    let lock: FileLock
    do throws(SystemError) { lock = try FileLock("lock", in: directory, waiting: Waits.reservationLock) } catch {
      // On a full disk an ADD may have made the directory without the lock file. Such an ADD reserved nothing.
      if try directory.names().isEmpty { return nil }
      throw error
    }
    do throws(SystemError) {
      let index = try ReservationIndex(dataDir: dataDir, network: network.text, bootID: bootID)
      guard try !index.isOfEarlierBoot() else { return ReservationStore(directory: directory, lock: lock, index: nil) }
      try refresh(index, directory, freesEarlierBoot: false)
      return ReservationStore(directory: directory, lock: lock, index: index)
    } catch {
      return ReservationStore(directory: directory, lock: lock, index: nil)
    }
  }

  // MARK: - The index and the directory

  private static func refresh(
    _ index: borrowing ReservationIndex, _ directory: borrowing Directory, freesEarlierBoot: Bool
  ) throws(SystemError) {
    guard try !index.isCurrent(directory) else { return }
    // The process that left this file also changed the directory, so the index was not current.
    _ = try? directory.remove(aside)
    do throws(SystemError) {
      if freesEarlierBoot, try index.isOfEarlierBoot() { try freeEarlierBoot(index, directory) }
      try rebuild(index, directory)
      try index.seal(directory)
    } catch {
      // On a full disk a new index may be half made.
      _ = try? index.removeIfEmpty()
      throw error
    }
  }

  /// Frees the reservations that the index has from an earlier boot: no network namespace outlives a boot.
  ///
  /// An address that has been reserved anew since has another file, and stays.
  private static func freeEarlierBoot(
    _ index: borrowing ReservationIndex, _ directory: borrowing Directory
  ) throws(SystemError) {
    for file in try index.files() {
      for holding in try index.entry(file)?.holdings ?? [] {
        guard let status = try directory.status(holding.address.description) else { continue }
        if ReservationIndex.Holding(holding.address, status) == holding {
          _ = try removeUnlessImmutable(holding.address.description, from: directory)
        }
      }
      try index.remove(file)
    }
  }

  /// Reads every reservation once.
  private static func rebuild(_ index: borrowing ReservationIndex, _ directory: borrowing Directory) throws(SystemError) {
    let (found, youngest) = try scan(directory)
    let known = Set(found.keys.map(\.file))
    for file in try index.files() where !known.contains(file) { try index.remove(file) }
    for (owner, holdings) in found { try index.write(.init(owner: owner, holdings: holdings)) }
    try index.setLatestChange(youngest)
  }

  /// Looks at every reservation for one that was overwritten in place. If there is one, reads all of them again and returns true.
  func lookAgain() throws(SystemError) -> Bool {
    switch index {
    case .none: return false
    case .some(let index):
      guard try !index.isUnchanged(directory) else { return false }
      try Self.rebuild(index, directory)
      try index.seal(directory)
      return true
    }
  }

  /// All reservations by their owners, and when the youngest plain file changed. Removes files without an owner: a process was killed
  /// while it made them. Odd files stay.
  private static func scan(
    _ directory: borrowing Directory
  ) throws(SystemError) -> (found: [Owner: [ReservationIndex.Holding]], youngest: FileTime) {
    var found: [Owner: [ReservationIndex.Holding]] = [:]
    var youngest = FileTime(seconds: 0, nanoseconds: 0)
    for (name, kind) in try directory.entries() {
      guard kind ?? .regular == .regular, let address = try? IPAddress(name), address.description == name,
        let status = try directory.status(name), status.kind == .regular
      else { continue }
      youngest = max(youngest, status.changed)
      switch try Reservation(name, in: directory) {
      case .held(let owner): found[owner, default: []].append(.init(address, status))
      case .ownerless: _ = try removeUnlessImmutable(name, from: directory)
      case .odd, nil: break
      }
    }
    for owner in found.keys { found[owner]?.sort { $0.address < $1.address } }
    return (found, youngest)
  }

  /// Removes a file. False if nobody can remove it (chattr(1)): the address stays taken then.
  private static func removeUnlessImmutable(_ name: String, from directory: borrowing Directory) throws(SystemError) -> Bool {
    do throws(SystemError) { try directory.remove(name) } catch {
      guard error.errno == .notPermitted else { throw error }
      return false
    }
    return true
  }

  /// Ends a change and marks the index as current. If this fails or never runs, the next call rebuilds the index.
  func finish() throws(SystemError) {
    switch index {
    case .some(let index): if try !index.removeIfEmpty() { try index.seal(directory) }
    case .none: break
    }
  }

  // MARK: - Reservations

  /// The addresses of an owner, checked against the reservations themselves.
  func addresses(of owner: Owner) throws(SystemError) -> [IPAddress] {
    switch index {
    case .some(let index):
      let addresses = try index.entry(of: owner)?.holdings.map(\.address) ?? []
      for address in addresses where try self.owner(of: address) != owner {
        // The reservation is another owner's now, so the index is wrong. It may lack some of this owner's as well.
        try? Self.rebuild(index, directory)
        return try Self.scan(directory).found[owner]?.map(\.address) ?? []
      }
      return addresses
    case .none: return try Self.scan(directory).found[owner]?.map(\.address) ?? []
    }
  }

  /// The file in an address's place; nil if the address is free.
  func reservation(of address: IPAddress) throws(SystemError) -> Reservation? {
    try Reservation(address.description, in: directory)
  }

  /// The owner of an address; nil if nobody owns it.
  func owner(of address: IPAddress) throws(SystemError) -> Owner? {
    if case .held(let owner) = try reservation(of: address) { owner } else { nil }
  }

  /// Whether nobody can remove the address's file (chattr(1)).
  func isImmutable(_ address: IPAddress) -> Bool { directory.isImmutable(address.description) }

  func isTaken(_ address: IPAddress) throws(SystemError) -> Bool { try directory.exists(address.description) }

  /// All names in the directory, the reservations among them.
  func names() throws(SystemError) -> Set<String> { Set(try directory.names()) }

  /// All names in the directory, and the kinds of files as far as the listing tells them.
  func entries() throws(SystemError) -> [(name: String, kind: FileKind?)] { try directory.entries() }

  /// When an address was reserved.
  func time(of address: IPAddress) throws(SystemError) -> FileTime? { try status(of: address)?.modified }

  /// The status of an address's file; nil if the address is free.
  func status(of address: IPAddress) throws(SystemError) -> FileStatus? { try directory.status(address.description) }

  /// Removes the file of an address that the index does not have. False if nobody can remove it.
  func remove(_ address: IPAddress) throws(SystemError) -> Bool {
    try Self.removeUnlessImmutable(address.description, from: directory)
  }

  /// Reserves an address; false if it is taken. The caller must then call `record`.
  func reserve(_ address: IPAddress, for owner: Owner) throws(SystemError) -> Bool {
    try directory.createExclusive(address.description, contents: owner.reservation, mode: 0o600, aside: Self.aside)
  }

  /// Frees addresses of an owner. The index is updated if it can be written. An address whose file nobody can remove stays taken.
  func free(_ addresses: [IPAddress], of owner: Owner) throws(SystemError) {
    for address in addresses { _ = try remove(address) }
    try? record(owner, without: addresses)
  }

  /// Updates an owner's entry in the index.
  func record(_ owner: Owner, with more: [IPAddress] = [], without gone: [IPAddress] = []) throws(SystemError) {
    switch index {
    case .none: break
    case .some(let index):
      var entry = ReservationIndex.Entry(owner: owner, holdings: [])
      for holding in try index.entry(of: owner)?.holdings ?? [] {
        // An unfinished change may have left addresses that the owner no longer has. They are left out.
        guard !gone.contains(holding.address), !more.contains(holding.address) else { continue }
        if try self.owner(of: holding.address) == owner { entry.holdings.append(holding) }
      }
      for address in more {
        if let status = try directory.status(address.description) { entry.holdings.append(.init(address, status)) }
      }
      try index.write(entry)
      if let youngest = entry.holdings.map(\.changed).max(), !more.isEmpty { try index.setLatestChange(youngest) }
    }
  }

  /// Every owner of at least one address.
  func owners() throws(SystemError) -> [Owner] {
    switch index {
    case .none: return Array(try Self.scan(directory).found.keys)
    case .some(let index):
      var owners: [Owner] = []
      for file in try index.files() {
        if let owner = try index.entry(file)?.owner { owners.append(owner) }
      }
      return owners
    }
  }

  // MARK: - Where the next address is looked for

  /// The address that was given last. It is a hint: whatever else stands there counts as none.
  func lastReserved(set: Int) -> IPAddress? {
    guard let bytes = (try? directory.read("last_reserved_ip.\(set)", limit: 64)) ?? nil else { return nil }
    return try? IPAddress(String(decoding: bytes, as: UTF8.self))
  }

  /// Notes the address that was given last. If that fails, the next search starts elsewhere, and no more.
  func setLastReserved(_ address: IPAddress, set: Int) {
    try? directory.overwrite("last_reserved_ip.\(set)", contents: Array(address.description.utf8), mode: 0o600)
  }
}
