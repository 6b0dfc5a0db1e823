import NetworkTypes
import System

/// Which addresses each attachment of a network has, so that nobody must read all reservations to know it.
///
/// `<dataDir>/.braid/<network>` holds a symbolic link per attachment, which is the cheapest file there is: it leads nowhere, its
/// text is the owner in the first line, then an address a line with what the reservation's file was known by. Nobody else looks
/// there; it is made anew from the reservations whenever it is in doubt.
///
/// `<dataDir>/.braid/.<network>`, the stamp, holds the boot ID. The index is sealed by giving the reservations' directory and
/// the stamp the same modification time, one of the near past: any name that anybody adds or removes later gives the directory
/// the time of that moment, however coarse the file system's clock.
struct ReservationIndex: ~Copyable {
  private let parent: Directory
  private let entries: Directory
  private let network: String
  private let bootID: String

  /// The longest entry, in bytes.
  private static let limit = 1 << 20

  /// What an attachment has.
  struct Entry: Equatable {
    let owner: Owner
    var holdings: [Holding]
  }

  /// A reserved address, and the file that says so: it changes with every other reservation of the same address.
  struct Holding: Equatable {
    let address: IPAddress
    let inode: UInt64
    let changed: FileTime
  }

  /// Opens the index and makes it if it is not there.
  init(dataDir: String, network: String, bootID: String) throws(SystemError) {
    let parent = try Directory.openTrusted("\(dataDir)/.braid", create: 0o700)
    let entries = try parent.subdirectory(network, create: 0o700)
    self.parent = parent
    self.entries = entries
    (self.network, self.bootID) = (network, bootID)
  }

  private var stamp: String { ".\(network)" }

  // MARK: - Is it to be trusted?

  /// Whether nothing has changed in the directory since `seal`, and in this boot.
  func isCurrent(_ directory: borrowing Directory) throws(SystemError) -> Bool {
    guard let status = try parent.status(stamp), try status.modified == directory.status().modified else { return false }
    return try sealedBoot() == bootID
  }

  /// Whether the entries are of an earlier boot than this; false where there are none.
  func isOfEarlierBoot() throws(SystemError) -> Bool {
    guard let sealed = try sealedBoot() else { return false }
    return sealed != bootID
  }

  private func sealedBoot() throws(SystemError) -> String? {
    guard let bytes = try parent.read(stamp, limit: 64), !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Says that the entries are those of the directory as it is now.
  func seal(_ directory: borrowing Directory) throws(SystemError) {
    if try sealedBoot() != bootID { try parent.replace(stamp, contents: Array(bootID.utf8), mode: 0o600, durable: false) }
    let now = FileTime.now()
    let past = FileTime(seconds: now.seconds - 2, nanoseconds: now.nanoseconds)
    try directory.setModified(past)
    // As the file system kept it.
    try parent.setModified(directory.status().modified, of: stamp)
  }

  /// Takes the whole index away if there is no entry; false if there is one.
  func removeIfEmpty() throws(SystemError) -> Bool {
    guard try parent.removeEmptyDirectory(network) else { return false }
    try parent.remove(stamp)
    return true
  }

  // MARK: - Entries

  func entry(of owner: Owner) throws(SystemError) -> Entry? {
    guard let entry = try entry(owner.file), entry.owner == owner else { return nil }
    return entry
  }

  /// Nil for a file that is no entry.
  func entry(_ file: String) throws(SystemError) -> Entry? {
    var text = try entries.readLink(file)
    if text == nil { text = try entries.read(file, limit: Self.limit).map { String(decoding: $0, as: UTF8.self) } }
    return text.flatMap { Entry(text: $0) }
  }

  /// Writes what an attachment has; one that has nothing has no entry.
  func write(_ entry: Entry) throws(SystemError) {
    guard !entry.holdings.isEmpty else { return _ = try entries.remove(entry.owner.file) }
    guard try self.entry(entry.owner.file) != entry else { return }
    let text = entry.text
    // A link holds some forty addresses, which nobody has; a file holds the rest.
    if text.utf8.count < 4096 {
      try entries.replaceLink(entry.owner.file, target: text)
    } else {
      try entries.replace(entry.owner.file, contents: Array(text.utf8), mode: 0o600, durable: false)
    }
  }

  func remove(_ file: String) throws(SystemError) { _ = try entries.remove(file) }

  func files() throws(SystemError) -> [String] { try entries.names() }
}

extension ReservationIndex.Entry {
  /// The owner in the first line, then an address a line.
  var text: String { (["\(owner.containerID) \(owner.interface)"] + holdings.map(\.line)).joined(separator: "\n") }

  /// Nil for what is no entry; lines that are none are passed over.
  init?(text: String) {
    // In bytes: an interface name may begin with what Unicode joins to the blank.
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
