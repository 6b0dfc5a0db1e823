import CNI
import Foundation
import Glibc
@testable import IPAM
import NetworkTypes
import System
import TestSupport
import Testing

/// Things among the reservations that are no reservations. Each takes one address, and is in nobody's way.
@Suite struct OddFilesTests {
  private let pool: Pool
  init() throws { pool = try Pool(#"[[{"subnet":"10.1.0.0/29"}]]"#) }

  /// What may lie in the place of an address, and what it is then. F is its path, DIR the test's directory.
  static let deeds: [(String, OddReservation.Reason)] = [
    ("mkdir F", .kind(.directory)), ("mkdir F; touch F/x", .kind(.directory)), ("ln -s DIR/victim F", .kind(.link)),
    ("ln -s DIR/nowhere F", .kind(.link)), ("ln -s F F", .kind(.link)), ("mkfifo F", .kind(.fifo)),
    ("python3 -c 'import socket, sys; socket.socket(1).bind(sys.argv[1])' F", .kind(.socket)),
    ("head -c 5000 /dev/zero | tr '\\0' x >F", .tooLarge), ("truncate -s 1T F", .tooLarge), ("echo 'a note' >F", .foreign),
    ("printf '\\377\\376' >F", .foreign), ("printf 'c1\\r\\n../../x' >F", .foreign), ("printf 'c1\\r\\n\\377' >F", .foreign),
  ]

  private func put(_ deed: String, at name: String) throws {
    try pool.scratch.write("victim", "b\r\neth0")
    let script = deed.replacingOccurrences(of: "F", with: "\(pool.dataDir)/net/\(name)")
      .replacingOccurrences(of: "DIR", with: pool.scratch.path)
    try Command("sh", "-ec", script).require()
  }

  /// What is there, without opening it.
  private func look(_ name: String) throws -> String {
    try Command("stat", "-c", "%F %s %i %Y", "\(pool.dataDir)/net/\(name)").require()
  }

  @Test(arguments: deeds) func itIsOneAddressThatIsTaken(_ deed: String, _ reason: OddReservation.Reason) throws {
    #expect(try pool.add("a") == ["10.1.0.2"])
    try put(deed, at: "10.1.0.3")
    let before = try look("10.1.0.3")
    #expect(try pool.add("b") == ["10.1.0.4"])
    #expect(try pool.has("a") && pool.has("b") && !pool.has("c1"))
    guard case .requested(_, _, .taken) = pool.failure({ try pool.add("c", args: "IP=10.1.0.3") }) else {
      throw CancellationError()
    }
    let odd = [OddReservation(address: try IPAddress("10.1.0.3"), reason: reason)]
    #expect(try pool.hostLocal().oddReservations() == odd)
    try pool.hostLocal().status()
    try pool.delete("a")
    for (id, address) in [("d", "10.1.0.5"), ("e", "10.1.0.6"), ("f", "10.1.0.2")] { #expect(try pool.add(id) == [address]) }
    guard case .exhausted(let full) = pool.failure({ try pool.add("g") }) else { throw CancellationError() }
    #expect(full.odd == odd && full.oldest?.owner.containerID == "b")
    try pool.hostLocal().collectGarbage(valid: [Attachment(containerID: "f", ifName: "eth0")])
    #expect(Set(pool.scratch.list("data/net").filter { $0.hasPrefix("10.") }.map { $0.prefix(8) }) == ["10.1.0.2", "10.1.0.3"])
    try pool.delete("f")
    try pool.delete("c1")
    #expect(try look("10.1.0.3") == before)
    #expect(try pool.scratch.read("victim") == "b\r\neth0")
  }

  /// The index may be missing, and the odd file older or younger than all reservations.
  @Test(arguments: deeds.map(\.0)) func theIndexIsMadeAnewBesideIt(_ deed: String) throws {
    try put("mkdir -p $(dirname F)", at: "x")
    try put(deed, at: "10.1.0.2")
    #expect(try pool.add("a") == ["10.1.0.3"])
    #expect(try pool.add("b") == ["10.1.0.4"])
    try put(deed, at: "10.1.0.5")
    for _ in 0..<2 {
      #expect(try pool.has("a") && pool.has("b"))
      try FileManager.default.removeItem(atPath: "\(pool.dataDir)/.braid")
    }
    for id in ["a", "b"] { try pool.delete(id) }
    #expect(pool.index == [])
  }

  /// A reboot frees what the index has, and a full pool what is old. Neither touches an odd file.
  @Test(arguments: deeds.map(\.0)) func reclaimingPassesItOver(_ deed: String) throws {
    for id in ["a", "b", "c", "d", "e"] { try pool.add(id) }
    unlink("\(pool.dataDir)/net/10.1.0.2")
    try put(deed, at: "10.1.0.2")
    let before = try look("10.1.0.2")
    try Command(
      "sh", "-c", "touch -h -m -d '@\(FileTime.boot().seconds - 100)' \(pool.dataDir)/net/10.1.0.3 \(pool.dataDir)/net/10.1.0.2"
    ).require()
    #expect(try pool.add("f") == ["10.1.0.3"])
    try pool.scratch.write("data/.braid/.net", "00000000-0000-0000-0000-000000000000", mode: 0o600)
    #expect(try pool.add("g") != ["10.1.0.2"])
    #expect(try look("10.1.0.2").split(separator: " ").dropLast() == before.split(separator: " ").dropLast())
  }

  // MARK: - The hint

  @Test(arguments: [
    "printf '%0100d' 1 >F", "rm -f F; mkdir F", "rm -f F; ln -s DIR/victim F", "rm -f F; ln -s DIR/nowhere F",
    "rm -f F; mkfifo F",
    "printf 1.2.3.4 >F", "printf 10.1.0.1 >F", "printf 10.1.0.6 >F", "printf '\\377\\000x' >F", ": >F", "truncate -s 1T F",
    "printf fd00::1 >F", "printf 10.1.0.7 >F", "printf 10.1.0.0 >F", "chmod 0 F",
  ])
  func nonsenseAsTheLastAddressIsReplaced(_ deed: String) throws {
    try pool.add("a")
    try put(deed, at: "last_reserved_ip.0")
    let address = try #require(try pool.add("b").first)
    #expect(address != "10.1.0.2" && address != "10.1.0.1")
    #expect(try pool.scratch.read("data/net/last_reserved_ip.0") == address)
    #expect(try pool.scratch.read("victim") == "b\r\neth0" && !FileManager.default.fileExists(atPath: pool.scratch["nowhere"]))
    for id in ["a", "b"] { try pool.delete(id) }
    #expect(pool.reservations == [:])
  }

  @Test func aFullDirectoryInItsPlaceStays() throws {
    try pool.add("a")
    try put("rm F; mkdir F; touch F/x", at: "last_reserved_ip.0")
    #expect(try pool.add("b") == ["10.1.0.3"])
    for id in ["a", "b"] { try pool.delete(id) }
    #expect(pool.scratch.list("data/net") == ["last_reserved_ip.0/", "last_reserved_ip.0/x", "lock"])
  }

  // MARK: - The index

  @Test(arguments: [
    "rm -r B; touch B", "rm -r B; mkfifo B", "rm -r B/net; touch B/net", "rm -r B/net; ln -s /etc B/net",
    "rm B/.net; mkdir B/.net",
    "rm B/.net~; mkdir B/.net~", "mkdir B/net/x", "mkdir B/net/x; touch B/net/x/y", "rm B/net/a@eth0; mkdir B/net/a@eth0",
    "rm B/net/a@eth0; mkdir B/net/a@eth0; touch B/net/a@eth0/x", "mkdir B/net/b@eth0", "rm B/net/a@eth0; mkfifo B/net/a@eth0",
  ])
  func anOddIndexIsNotNeeded(_ deed: String) throws {
    try pool.add("a")
    try Command("sh", "-ec", deed.replacingOccurrences(of: "B", with: "\(pool.dataDir)/.braid")).require()
    try pool.reserve("touched", "")
    #expect(try pool.has("a") && pool.add("b") == ["10.1.0.3"] && pool.has("b"))
    #expect(pool.failure { try pool.add("a") } != nil)
    for id in ["a", "b"] { try pool.delete(id) }
    unlink("\(pool.dataDir)/net/touched")
    #expect(pool.reservations == [:])
  }
}

/// Files that not even root can remove.
@Suite(.needsRoot, .needs(program: "chattr")) struct ImmutableFilesTests {
  private let pool: Pool
  init() throws { pool = try Pool(#"[[{"subnet":"10.1.0.0/29"}]]"#) }

  /// Runs `body` while nobody can change these files. Does nothing on a file system without such files.
  private func freezing(_ names: String..., body: () throws -> Void) throws {
    let paths = names.map { "\(pool.dataDir)/net/\($0)" }
    defer { for path in paths { _ = try? Command("chattr", "-i", path).run() } }
    for path in paths { guard try Command("chattr", "+i", path).run().succeeded else { return } }
    try body()
  }

  @Test func theOwnersDelGoesOnAndTheAddressStaysTaken() throws {
    for id in ["a", "b"] { try pool.add(id) }
    try freezing("10.1.0.2") {
      try pool.delete("a")
      #expect(pool.reservations == ["10.1.0.2": "a\r\neth0", "10.1.0.3": "b\r\neth0"])
      #expect(try pool.hostLocal().oddReservations() == [.init(address: try IPAddress("10.1.0.2"), reason: .immutable)])
      for (id, address) in [("c", "10.1.0.4"), ("d", "10.1.0.5"), ("e", "10.1.0.6")] { #expect(try pool.add(id) == [address]) }
      guard case .exhausted = pool.failure({ try pool.add("f") }) else { throw CancellationError() }
      try pool.hostLocal().collectGarbage(valid: [])
      #expect(pool.reservations == ["10.1.0.2": "a\r\neth0"])
      #expect(try pool.add("g") == ["10.1.0.3"])
    }
    try pool.hostLocal().collectGarbage(valid: [])
    #expect(pool.reservations == [:])
  }

  @Test func reclaimingGoesOnToTheNext() throws {
    for id in ["a", "b", "c", "d", "e"] { try pool.add(id) }
    let old = "@\(FileTime.boot().seconds - 100)"
    try Command("touch", "-m", "-d", old, "\(pool.dataDir)/net/10.1.0.6", "\(pool.dataDir)/net/10.1.0.4").require()
    try pool.overwrite("10.1.0.3", "")
    try freezing("10.1.0.6", "10.1.0.3") {
      try pool.hostLocal().status()
      #expect(try pool.add("f") == ["10.1.0.4"])
      #expect(throws: IPAMError.self) { try pool.hostLocal().status() }
      guard case .exhausted(let full) = pool.failure({ try pool.add("g") }) else { throw CancellationError() }
      #expect(full.odd.map(\.reason) == [.immutable, .immutable])
      // After a reboot.
      try pool.scratch.write("data/.braid/.net", "00000000-0000-0000-0000-000000000000", mode: 0o600)
      #expect(["10.1.0.2", "10.1.0.5"].contains(try pool.add("h").first))
    }
  }

  @Test func hintAndLockMayBeImmutable() throws {
    try pool.add("a")
    try freezing("last_reserved_ip.0", "lock") {
      #expect(try pool.add("b") == ["10.1.0.3"])
      try pool.delete("a")
      #expect(try pool.add("c") == ["10.1.0.4"])
    }
    for id in ["b", "c"] { try pool.delete(id) }
    #expect(pool.reservations == [:])
  }
}
