import NetworkTypes
import System

/// An index of the addresses that each attachment of a network has. Without it every question would read all reservations.
///
/// `<dataDir>/.braid/<network>` holds one symbolic link per attachment, because a link is the cheapest kind of file. The link
/// leads nowhere. Its text has the owner in the first line, then one line per address with the inode and the change time of the
/// reservation. Only Braid reads these links, and rebuilds them from the reservations if they may be wrong.
///
/// `<dataDir>/.braid/.<network>`, the stamp, holds the boot ID. `seal` gives the reservations' directory and the stamp the same
/// modification time, two seconds in the past. When anybody later adds or removes a name, the directory gets the current time.
/// That differs from the stamp's, however coarse the file system's clock is.
///
/// A reservation that is overwritten in place leaves the directory's time alone. So `<dataDir>/.braid/.<network>~` holds the change
/// time of the youngest reservation: a younger one has been overwritten since.
struct ReservationIndex: ~Copyable {
  private let parent: Directory
  private let entries: Directory
  private let network: String
  private let bootID: String

  /// The longest entry, in bytes.
  private static let limit = 1 << 20

  /// An attachment and its addresses.
  struct Entry: Equatable {
    let owner: Owner
    var holdings: [Holding]
  }

  /// A reserved address, and the identity of its file. A later reservation of the same address has another identity.
  struct Holding: Equatable {
    let address: IPAddress
    let inode: UInt64
    let changed: FileTime
  }

  /// Opens the index, or makes it.
  init(dataDir: String, network: String, bootID: String) throws(SystemError) {
    let parent = try Directory.openTrusted("\(dataDir)/.braid", create: 0o700)
    let entries = try parent.subdirectory(network, create: 0o700)
    self.parent = parent
    self.entries = entries
    (self.network, self.bootID) = (network, bootID)
  }

  private var stamp: String { ".\(network)" }
  private var youngest: String { ".\(network)~" }

  /// The most reservations that every call looks at. A call must not grow slower with the number of Pods.
  static let glance = 256

  // MARK: - Is it to be trusted?

  /// Whether the directory has not changed since `seal`, in this boot. Looks at the reservations too, unless they are many.
  func isCurrent(_ directory: borrowing Directory) throws(SystemError) -> Bool {
    guard let status = try parent.status(stamp), try status.modified == directory.status().modified else { return false }
    guard try sealedBoot() == bootID else { return false }
    return try isUnchanged(directory, lookingAt: Self.glance)
  }

  /// Whether no reservation has been overwritten in place. True, too, if there are more than `limit` names.
  func isUnchanged(_ directory: borrowing Directory, lookingAt limit: Int = .max) throws(SystemError) -> Bool {
    let names: [String]
    do throws(SystemError) { names = try directory.names(limit: limit) } catch {
      if case .tooManyNames = error { return true }
      throw error
    }
    guard let youngest = try latestChange() else { return false }
    for name in names {
      guard let address = try? IPAddress(name), let status = try directory.status(name), status.kind == .regular,
        status.changed >= youngest
      else { continue }
      guard status.changed == youngest, try isUnchanged(address, directory) else { return false }
    }
    return true
  }

  /// Whether the youngest reservation still is the index's. It may have been overwritten in the instant in which it was made.
  private func isUnchanged(_ address: IPAddress, _ directory: borrowing Directory) throws(SystemError) -> Bool {
    switch try Reservation(address.description, in: directory) {
    case .held(let owner): try entry(of: owner)?.holdings.contains { $0.address == address } ?? false
    case .odd: true
    case .ownerless, nil: false
    }
  }

  private func latestChange() throws(SystemError) -> FileTime? {
    guard let bytes = try parent.read(youngest, limit: 64) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    return words.count == 2 ? FileTime(seconds: words[0], nanoseconds: words[1]) : nil
  }

  /// Notes the change time of the youngest reservation.
  func setLatestChange(_ time: FileTime) throws(SystemError) {
    try parent.overwrite(youngest, contents: Array("\(time.seconds) \(time.nanoseconds)".utf8), mode: 0o600)
  }

  /// Whether the entries are from an earlier boot; false if there are none.
  func isOfEarlierBoot() throws(SystemError) -> Bool {
    guard let sealed = try sealedBoot() else { return false }
    return sealed != bootID
  }

  private func sealedBoot() throws(SystemError) -> String? {
    guard let bytes = try parent.read(stamp, limit: 64), !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Marks the entries as equal to the directory's present contents.
  func seal(_ directory: borrowing Directory) throws(SystemError) {
    if try sealedBoot() != bootID { try parent.replace(stamp, contents: Array(bootID.utf8), mode: 0o600, durable: false) }
    let now = FileTime.now()
    let past = FileTime(seconds: now.seconds - 2, nanoseconds: now.nanoseconds)
    try directory.setModified(past)
    // The file system may have rounded the time.
    try parent.setModified(directory.status().modified, of: stamp)
  }

  /// Removes the index if it has no entries; false if it has some.
  func removeIfEmpty() throws(SystemError) -> Bool {
    guard try parent.removeEmptyDirectory(network) else { return false }
    for file in [stamp, youngest] { try parent.remove(file) }
    return true
  }

  // MARK: - Entries

  func entry(of owner: Owner) throws(SystemError) -> Entry? {
    guard let entry = try entry(owner.file), entry.owner == owner else { return nil }
    return entry
  }

  /// The entry in a file of the index; nil if the file is no entry.
  func entry(_ file: String) throws(SystemError) -> Entry? {
    var text = try entries.readLink(file)
    if text == nil {
      do throws(SystemError) {
        text = try entries.read(file, limit: Self.limit).map { String(decoding: $0, as: UTF8.self) }
      } catch {
        guard let kind = try entries.status(file)?.kind, kind != .regular, kind != .link else { throw error }
      }
    }
    return text.flatMap { Entry(text: $0) }
  }

  /// Writes an entry, or removes it if it has no addresses.
  func write(_ entry: Entry) throws(SystemError) {
    guard !entry.holdings.isEmpty else { return _ = try entries.remove(entry.owner.file) }
    guard try self.entry(entry.owner.file) != entry else { return }
    let text = entry.text
    // A link has room for some forty addresses, more than any attachment should have. A larger entry goes into a file.
    if text.utf8.count < 4096 {
      try entries.replaceLink(entry.owner.file, target: text)
    } else {
      try entries.replace(entry.owner.file, contents: Array(text.utf8), mode: 0o600, durable: false)
    }
  }

  /// Removes a file of the index. Others' directories and files that nobody can remove stay: they are no entries.
  func remove(_ file: String) throws(SystemError) {
    do throws(SystemError) { _ = try entries.remove(file) } catch {
      guard error.errno == .isDirectory || error.errno == .notPermitted else { throw error }
      if error.errno == .isDirectory { _ = try? entries.removeEmptyDirectory(file) }
    }
  }

  func files() throws(SystemError) -> [String] { try entries.names() }
}

extension ReservationIndex.Entry {
  /// The owner in the first line, then one line per address.
  var text: String { (["\(owner.containerID) \(owner.interface)"] + holdings.map(\.line)).joined(separator: "\n") }

  /// Nil if the text is no entry. Lines that are no addresses are ignored.
  init?(text: String) {
    // Split bytes, not characters: an interface name may begin with a combining character, which would merge with the blank
    // before it.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
    let words = lines.first?.split(separator: UInt8(ascii: " "), maxSplits: 1).map { String(decoding: $0, as: UTF8.self) } ?? []
    guard let id = words.first else { return nil }
    owner = Owner(containerID: id, interface: words.count > 1 ? words[1] : "")
    holdings = lines.dropFirst().compactMap { .init(line: String(decoding: $0, as: UTF8.self)) }
  }
}

extension ReservationIndex.Holding {
  init(_ address: IPAddress, _ status: FileStatus) {
    (self.address, inode, changed) = (address, status.inode, status.changed)
  }

  fileprivate var line: String { "\(address) \(inode) \(changed.seconds) \(changed.nanoseconds)" }

  fileprivate init?(line: String) {
    let words = line.split(separator: " ")
    guard words.count == 4, let address = try? IPAddress(words[0]), let inode = UInt64(words[1]), let seconds = Int(words[2]),
      let nanoseconds = Int(words[3])
    else { return nil }
    (self.address, self.inode) = (address, inode)
    changed = FileTime(seconds: seconds, nanoseconds: nanoseconds)
  }
}
