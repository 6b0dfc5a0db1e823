import CNI
import Glibc
@testable import IPAM
import JSON
import NetworkTypes
import System
import TestSupport
import Testing

/// Files of reservations that bind nobody: they are older than this boot, or they have no owner.
@Suite struct ReclaimTests {
  private let pool: Pool
  init() throws { pool = try Pool(#"[[{"subnet":"10.1.0.0/29"}]]"#) }

  private func leave(_ address: String, _ contents: String = "dead\r\neth0", age: Int) throws {
    try pool.reserve(address, contents)
    try Command("touch", "-m", "-d", "@\(FileTime.boot().seconds - age)", "\(pool.dataDir)/net/\(address)").require()
  }

  /// A pool that a reference plugin filled before the node was restarted, without a DEL for anybody.
  @Test func aPoolFullOfAnEarlierBootsFilesIsFree() throws {
    for i in 2...6 { try leave("10.1.0.\(i)", "dead\(i)\r\neth0", age: 86400) }
    try pool.hostLocal().status()
    var given: Set<String> = []
    for id in ["a", "b", "c", "d", "e"] { given.formUnion(try pool.add(id)) }
    #expect(given == Set((2...6).map { "10.1.0.\($0)" }))
    guard case .exhausted(let full) = pool.failure({ try pool.add("f") }) else { throw CancellationError() }
    #expect(full.capacity == 5)
    #expect(pool.failure { try pool.hostLocal().status() } != nil)
    for id in ["a", "b", "c", "d", "e"] { try pool.delete(id) }
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func suchAnAddressMayBeAskedFor() throws {
    try leave("10.1.0.3", age: 60)
    #expect(try pool.add("a", args: "IP=10.1.0.3") == ["10.1.0.3"])
    #expect(pool.reservations == ["10.1.0.3": "a\r\neth0"])
  }

  /// As long as there is another address, files of others stay: a clock that was set can make them look old.
  @Test func theyAreOnlyTakenWhereTheyAreNeeded() throws {
    try leave("10.1.0.2", age: 60)
    #expect(try pool.add("a") == ["10.1.0.3"])
    #expect(pool.reservations["10.1.0.2"] == "dead\r\neth0")
  }

  @Test func thoseOfThisBootAreKept() throws {
    try leave("10.1.0.2", age: -1)
    for i in 3...6 { try leave("10.1.0.\(i)", "x\(i)\r\neth0", age: -2) }
    #expect(pool.failure { try pool.add("a") } != nil)
    guard case .requested(_, _, .taken(_, let holder)) = pool.failure({ try pool.add("a", args: "IP=10.1.0.2") }) else {
      throw CancellationError()
    }
    #expect(holder?.owner == Owner(containerID: "dead", interface: "eth0"))
    // The boot's time is computed from two clocks, so two answers may differ by a second.
    #expect(abs((holder?.since.seconds ?? 0) - FileTime.boot().seconds - 1) <= 1)
  }

  /// A power cut empties a file, or fills it with zeros, without a change of the directory. The index then still counts as current.
  @Test(arguments: ["", "\0\0\0\0\0\0\0\0", "b\0\r\neth0"]) func aFileWithoutAnOwnerBlocksNothing(_ contents: String) throws {
    for id in ["a", "b", "c", "d", "e"] { try pool.add(id) }
    #expect(pool.reservations["10.1.0.3"] == "b\r\neth0")
    let path = "\(pool.dataDir)/net/10.1.0.3"
    let file = open(path, O_WRONLY | O_TRUNC)
    _ = contents.withCString { write(file, $0, contents.utf8.count) }
    close(file)
    #expect(try pool.add("f") == ["10.1.0.3"])
    #expect(pool.reservations["10.1.0.3"] == "f\r\neth0")
    try pool.delete("f")
    #expect(pool.reservations["10.1.0.3"] == nil)
  }
}
