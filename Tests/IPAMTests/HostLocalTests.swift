import CNI
import Foundation
@testable import IPAM
import NetworkTypes
import System
import TestSupport
import Testing

@Suite struct HostLocalTests {
  @Test func theFormatIsTheReferences() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64","gateway":"fd00::9"}]]"#)
    #expect(try pool.add("a") == ["10.1.0.2", "fd00::1"])
    #expect(pool.reservations == ["10.1.0.2": "a\r\neth0", "fd00::1": "a\r\neth0"])
    #expect(try pool.scratch.read("data/net/last_reserved_ip.0") == "10.1.0.2")
    #expect(try pool.scratch.read("data/net/last_reserved_ip.1") == "fd00::1")
    var status = stat()
    #expect(stat("\(pool.dataDir)/net/10.1.0.2", &status) == 0 && status.st_mode & 0o7777 == 0o600)
    #expect(try pool.add("a", "eth1") == ["10.1.0.3", "fd00::2"])
    try pool.delete("a")
    #expect(Set(pool.reservations.keys) == ["10.1.0.3", "fd00::2"])
    #expect(try !pool.has("a") && pool.has("a", "eth1"))
    // A freed address is given out again only after all others.
    #expect(try pool.add("b") == ["10.1.0.4", "fd00::3"])
    for (id, name) in [("a", "eth1"), ("b", "eth0"), ("b", "eth0")] { try pool.delete(id, name) }
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func deleteAndCheckMakeNothing() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#)
    try pool.delete("a")
    #expect(try !pool.has("a"))
    try pool.hostLocal().collectGarbage(valid: [])
    try pool.hostLocal().status()
    #expect(pool.scratch.list() == [])
  }

  @Test func aSecondAddIsRefusedAndAnUnfinishedOneTakenOver() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.2.0.0/24"}]]"#)
    let first = try pool.add("a")
    let owner = Owner(containerID: "a", interface: "eth0")
    #expect(pool.failure { try pool.add("a") } == .duplicate(set: 0, owner, try! IPAddress("10.1.0.2")))
    #expect(try pool.add("a", takesOver: true) == first)
    // Only one of the two reservations was made.
    try FileManager.default.removeItem(atPath: "\(pool.dataDir)/net/10.2.0.2")
    #expect(try pool.add("a", takesOver: true) == ["10.1.0.2", "10.2.0.3"])
    // The second ADD asks for another address; the third one has other sets of ranges.
    #expect(try pool.add("a", args: "IP=10.1.0.77", takesOver: true) == ["10.1.0.77", "10.2.0.3"])
    #expect(Set(pool.reservations.keys) == ["10.1.0.77", "10.2.0.3"])
    let other = try Pool(#"[[{"subnet":"10.3.0.0/24"}]]"#, in: pool.scratch)
    #expect(try other.add("a", takesOver: true) == ["10.3.0.2"])
    #expect(Set(pool.reservations.keys) == ["10.3.0.2"])
    try other.delete("a")
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func aFailureGivesBackWhatItTook() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.2.0.0/30"}]]"#)
    try pool.add("a")
    let before = pool.reservations
    let full = pool.failure { try pool.add("b") }
    guard case .exhausted(let exhaustion) = full else { throw try #require(full) }
    #expect(exhaustion.set == 1 && exhaustion.capacity == 1 && exhaustion.ranges == "10.2.0.1-10.2.0.2")
    #expect(exhaustion.oldest?.owner == Owner(containerID: "a", interface: "eth0"))
    #expect(exhaustion.oldest?.address.description == "10.2.0.2" && abs(time(nil) - (exhaustion.oldest?.since.seconds ?? 0)) < 60)
    #expect(pool.failure { try pool.hostLocal().status() } == full)
    #expect(pool.failure { try pool.add("b", args: "IP=10.9.9.9") } != nil)
    #expect(pool.reservations == before && pool.index.filter { $0.contains("b@") } == [])
    try pool.delete("a")
    #expect(try pool.add("b") == ["10.1.0.5", "10.2.0.2"])
  }

  @Test func whoHasHeldLongestIsTold() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/29"}]]"#)
    for id in ["a", "b", "c", "d", "e"] { try pool.add(id) }
    // The first moment of this boot: what is older binds nobody.
    let start = FileTime.boot().seconds + 1
    try Command("touch", "-m", "-d", "@\(start)", "\(pool.dataDir)/net/10.1.0.4").require()
    guard case .exhausted(let full) = pool.failure({ try pool.add("f") }) else { throw CancellationError() }
    #expect(full.capacity == 5 && full.oldest?.since.seconds == start && full.oldest?.owner.containerID == "c")
  }

  @Test func requestsCountFromAllThreePlaces() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.2.0.0/24"}],[{"subnet":"10.3.0.0/24"}]]"#)
    #expect(
      try pool.add(
        "a", args: "IP=10.1.0.10",
        more: ["args": ["cni": ["ips": ["10.2.0.20/8"]]], "runtimeConfig": ["ips": ["10.3.0.30", "10.2.0.20"]]])
        == ["10.1.0.10", "10.2.0.20", "10.3.0.30"])
    guard
      case .requested(0, let asked, .taken(let ranges, let holder)) = pool.failure({ try pool.add("b", args: "IP=10.1.0.10") })
    else { throw CancellationError() }
    #expect(asked.description == "10.1.0.10" && ranges == "10.1.0.1-10.1.0.254")
    #expect(holder?.owner == Owner(containerID: "a", interface: "eth0") && holder?.address == asked)
    #expect(pool.failure { try pool.add("b", args: "IP=10.2.0.1") } == .requested(set: 1, try! IPAddress("10.2.0.1"), .gateway))
    #expect(pool.failure { try pool.add("b", args: "IP=10.4.0.1") } == .unmatched([try! IPAddress("10.4.0.1")]))
    #expect(pool.reservations.count == 3)
  }

  @Test func garbageIsWhatNobodyLists() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#)
    for id in ["a", "b", "c"] { try pool.add(id) }
    try pool.add("a", "eth1")
    try pool.reserve("10.1.0.50", "old")
    try pool.reserve("10.1.0.51", "gone")
    let valid = [("a", "eth0"), ("c", "eth0"), ("old", "eth0")].map { Attachment(containerID: $0.0, ifName: $0.1) }
    try pool.hostLocal().collectGarbage(valid: valid)
    #expect(Set(pool.reservations.keys) == ["10.1.0.2", "10.1.0.4", "10.1.0.50"])
    try pool.hostLocal().collectGarbage(valid: [])
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func hundredsOfAddressesFit() throws {
    let pool = try Pool("[" + (0..<200).map { #"[{"subnet":"10.1.\#($0).0/24"}]"# }.joined(separator: ",") + "]")
    #expect(try pool.add("a").count == 200)
    #expect(try pool.has("a") && pool.failure { try pool.add("a") } != nil)
    try pool.delete("a")
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func longNamesFit() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#)
    let ids = ["x", "y"].map { String(repeating: "a", count: 1023) + $0 }
    #expect(try ids.flatMap { try pool.add($0) } == ["10.1.0.2", "10.1.0.3"])
    try pool.delete(ids[0])
    #expect(try !pool.has(ids[0]) && pool.has(ids[1]))
    // A name that begins with a combining character, and a name that looks like the end of another owner.
    for name in ["\u{301}eth", "a@b"] {
      try pool.add("c", name)
      #expect(pool.failure { try pool.add("c", name) } != nil)
      try pool.delete("c", name)
      #expect(try !pool.has("c", name))
    }
    #expect(pool.reservations.count == 1)
  }
}
