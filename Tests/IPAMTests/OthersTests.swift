import CNI
import Foundation
import Glibc
@testable import IPAM
import JSON
import NetworkTypes
import Synchronization
import System
import TestSupport
import Testing

/// Other programs make and remove reservations at any time, without notice.
@Suite struct OthersTests {
  private let pool: Pool
  init() throws { pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#) }

  @Test func theirsAreHonouredAndFreed() throws {
    try pool.reserve("10.1.0.2", "theirs\r\neth0")
    #expect(try pool.add("a") == ["10.1.0.3"])
    #expect(pool.failure { try pool.add("theirs") } != nil)
    #expect(try pool.has("theirs") && !pool.has("theirs", "eth1"))
    try pool.delete("theirs", "eth1")
    #expect(pool.reservations.count == 2)
    try pool.delete("theirs")
    #expect(Set(pool.reservations.keys) == ["10.1.0.3"])
  }

  @Test func thoseOfOldReleasesKnowNoInterface() throws {
    try pool.reserve("10.1.0.2", "old")
    try pool.reserve("10.1.0.9", "old\r\neth1")
    #expect(try pool.has("old") && pool.has("old", "eth7"))
    #expect(pool.failure { try pool.add("old") } != nil)
    try pool.delete("old", "eth1")
    #expect(Set(pool.reservations.keys) == ["10.1.0.2"])
    try pool.delete("old", "eth0")
    #expect(pool.reservations == [:])
  }

  /// A change must be noticed even if the file system's clock is too coarse to show it.
  @Test func aChangeInTheSameInstantIsSeen() throws {
    for i in 0..<200 {
      let address = try #require(try pool.add("a\(i)").first)
      // Another container gets the address and must not lose it.
      unlink("\(pool.dataDir)/net/\(address)")
      try pool.reserve(address, "other\(i)\r\neth0")
      try pool.delete("a\(i)")
      #expect(pool.reservations[address] == "other\(i)\r\neth0")
      #expect(pool.failure { try pool.add("other\(i)") } != nil)
      try pool.delete("other\(i)")
      #expect(pool.reservations == [:])
    }
  }

  /// A reservation that is overwritten in place leaves the directory's time alone, and the address in the index of the old owner.
  @Test(arguments: ["small", "large"]) func whatIsOverwrittenInPlaceIsSeen(_ size: String) throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/16"}]]"#)
    if size == "large" {
      _ = try pool.add("first")
      for i in 0..<300 { try pool.reserve("10.1.\(10 + i / 250).\(1 + i % 250)", "theirs\(i)\r\neth0") }
    }
    for i in 0..<20 {
      let address = try #require(try pool.add("a\(i)").first)
      // The bare container ID, as old releases wrote it.
      try pool.overwrite(address, "a\(i)")
      #expect(try pool.has("a\(i)", "eth7"))
      #expect(pool.failure { try pool.add("a\(i)") } != nil)
      try pool.delete("a\(i)")
      #expect(pool.reservations[address] == nil)

      let other = try #require(try pool.add("b\(i)").first)
      try pool.overwrite(other, "c\(i)\r\neth0")
      #expect(try pool.has("c\(i)") && !pool.has("b\(i)"))
      #expect(pool.failure { try pool.add("c\(i)") } != nil)
      try pool.delete("b\(i)")
      #expect(pool.reservations[other] == "c\(i)\r\neth0")
      try pool.delete("c\(i)")
      #expect(pool.reservations[other] == nil)
    }
  }

  /// GC keeps and frees by what the reservations say now. DEL of the new owner alone finds the address too.
  @Test func whatIsOverwrittenInPlaceIsNotLost() throws {
    let kept = try #require(try pool.add("a").first)
    let freed = try #require(try pool.add("b").first)
    try pool.overwrite(kept, "b\r\neth0")
    try pool.overwrite(freed, "a")
    try pool.hostLocal().collectGarbage(valid: [.init(containerID: "b", ifName: "eth0")])
    #expect(pool.reservations == [kept: "b\r\neth0"])
    try pool.overwrite(kept, "d\r\neth0")
    try pool.delete("d")
    #expect(pool.reservations == [:])
  }

  @Test func whatHasNoOwnerIsFree() throws {
    for (address, contents) in [("10.1.0.2", ""), ("10.1.0.3", "\r\n"), ("10.1.0.4", "  ")] {
      try pool.reserve(address, contents)
    }
    #expect(try pool.add("a") == ["10.1.0.2"])
    #expect(pool.reservations == ["10.1.0.2": "a\r\neth0"])
  }

  /// Contents of a file after a power cut: the file has its length but not yet its bytes.
  @Test(arguments: ["\0\0\0\0\0\0\0\0", "c1\r\n\0\0\0\0", "c1\0\r\neth0"]) func zerosAreNoOwner(_ contents: String) throws {
    try pool.reserve("10.1.0.2", contents)
    try pool.reserve("10.1.0.3", "b\r\neth0")
    #expect(try pool.add("a") == ["10.1.0.2"])
    #expect(pool.reservations == ["10.1.0.2": "a\r\neth0", "10.1.0.3": "b\r\neth0"])
    try pool.delete("a")
  }

  @Test(arguments: ["gone", "rubbish", "links", "half", "doubled"]) func aBrokenIndexIsMadeAnew(_ how: String) throws {
    for id in ["a", "b", "c"] { try pool.add(id) }
    let files = "\(pool.dataDir)/.braid/net"
    switch how {
    case "gone": try FileManager.default.removeItem(atPath: "\(pool.dataDir)/.braid")
    case "rubbish":
      for id in ["a", "b"] {
        unlink("\(files)/\(id)@eth0")
        try pool.scratch.write("data/.braid/net/\(id)@eth0", "\u{0}\n\n10.1.0.4 x y z")
      }
    case "links":
      for id in ["a", "b"] {
        unlink("\(files)/\(id)@eth0")
        symlink("\(id) eth0\n10.1.0.4 x y z\n\n", "\(files)/\(id)@eth0")
      }
    case "half": unlink("\(files)/b@eth0")
    default: rename("\(files)/a@eth0", "\(files)/b@eth0")
    }
    // A change of the index alone is not noticed. Any change of the network's directory makes Braid check the index.
    try pool.reserve("touched", "")
    for id in ["a", "b", "c"] { #expect(try pool.has(id)) }
    #expect(pool.failure { try pool.add("b") } != nil)
    for id in ["a", "b", "c"] { try pool.delete(id) }
    unlink("\(pool.dataDir)/net/touched")
    #expect(pool.reservations == [:] && pool.index == [])
  }

  @Test func aDirectoryThatWasRemovedIsMadeAnew() throws {
    try pool.add("a")
    try FileManager.default.removeItem(atPath: "\(pool.dataDir)/net")
    #expect(try !pool.has("a") && pool.add("a") == ["10.1.0.2"])
  }

  @Test func aLinkInPlaceOfADirectoryIsRefused() throws {
    try FileManager.default.createDirectory(atPath: pool.dataDir, withIntermediateDirectories: true)
    symlink("/etc", "\(pool.dataDir)/net")
    guard case .system = pool.failure({ try pool.add("a") }) else { throw CancellationError() }
  }
}

/// Reservations of an earlier boot.
@Suite struct RebootTests {
  private let pool: Pool
  init() throws { pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#) }

  /// Marks all present state as that of an earlier boot.
  private func reboot() throws {
    let stamp = "data/.braid/.net"
    #expect(try pool.scratch.read(stamp) == BootID.current())
    try pool.scratch.write(stamp, "00000000-0000-0000-0000-000000000000", mode: 0o600)
  }

  @Test func everythingOfThePreviousBootIsFree() throws {
    for i in 0..<253 { try pool.add("c\(i)") }
    #expect(pool.failure { try pool.add("d") } != nil)
    try reboot()
    #expect(try pool.add("d") == ["10.1.0.2"])
    #expect(pool.reservations == ["10.1.0.2": "d\r\neth0"])
    #expect(pool.index == [".net", ".net~", "net/", "net/d@eth0"])
  }

  @Test func whatWasReservedSinceIsKept() throws {
    for id in ["a", "b", "c"] { try pool.add(id) }
    try reboot()
    // In this boot the reference plugin was called first, for the same container and with the same address.
    unlink("\(pool.dataDir)/net/10.1.0.3")
    try pool.reserve("10.1.0.3", "b\r\neth0")
    try pool.reserve("10.1.0.99", "new\r\neth0")
    // Only an ADD knows whether a boot ID that differs proves a reboot, so nothing else frees anything.
    #expect(try ["a", "b", "c", "new"].allSatisfy { try pool.has($0) })
    try pool.add("d")
    #expect(try !pool.has("a") && pool.has("b") && pool.has("new") && !pool.has("c"))
    #expect(Set(pool.reservations.values) == ["b\r\neth0", "new\r\neth0", "d\r\neth0"])
  }

  /// On a file system without unnamed files, a call that is killed during a reservation leaves a temporary file.
  @Test func whatAKilledReservationLeftGoesWithTheNextCall() throws {
    try pool.add("a")
    for call in [{ try self.pool.delete("nobody") }, { try self.pool.add("b") }] {
      try pool.reserve(".reservation.tmp", "half")
      try call()
      #expect(!FileManager.default.fileExists(atPath: "\(pool.dataDir)/net/.reservation.tmp"))
      #expect(try pool.has("a"))
    }
  }

  @Test func emptyFilesOfAPowerCutAreFree() throws {
    try pool.add("a")
    truncate("\(pool.dataDir)/net/10.1.0.2", 0)
    try reboot()
    try pool.hostLocal().collectGarbage(valid: [Attachment(containerID: "a", ifName: "eth0")])
    #expect(pool.reservations == [:])
  }
}

/// Many calls at once, some of which are killed.
@Suite struct ManyTests {
  @Test func noAddressIsGivenTwice() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/26"}],[{"subnet":"fd00::/64"}]]"#)
    let wrong = Mutex<[String]>([])
    let held = Mutex<Set<String>>([])
    DispatchQueue.concurrentPerform(iterations: 8) { worker in
      for round in 0..<30 {
        let id = "w\(worker)r\(round)"
        do {
          let got = try pool.add(id)
          held.withLock { held in
            for address in got where !held.insert(address).inserted { wrong.withLock { $0.append("\(address) twice") } }
          }
          if round % 7 == worker % 7 { continue }
          held.withLock { $0.subtract(got) }
          try pool.delete(id)
        } catch { wrong.withLock { $0.append("\(error)") } }
      }
    }
    #expect(wrong.withLock { $0 } == [])
    #expect(Set(pool.reservations.keys) == held.withLock { $0 })
    try pool.hostLocal().collectGarbage(valid: [])
    #expect(pool.reservations == [:] && pool.index == [])
  }

  /// Some calls of the real program are killed after a random time while others continue.
  @Test(.needs(program: "timeout")) func theKilledLeaveNothingThatStays() throws {
    let pool = try Pool(#"[[{"subnet":"10.1.0.0/24"}]]"#)
    let program = pool.scratch["host-local"]
    symlink(Products.braid, program)
    let text = Array(JSON.object(try pool.configuration().object).text().utf8)
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      for round in 0..<40 {
        for command in ["ADD", "DEL"] {
          var call = Command("timeout", "-s", "KILL", "0.0\(Int.random(in: 10...300))", program)
          call.environment = [
            "PATH": "/usr/bin:/bin", "CNI_COMMAND": command, "CNI_CONTAINERID": "w\(worker)r\(round)",
            "CNI_NETNS": "/run/netns/none",
            "CNI_IFNAME": "eth0", "CNI_PATH": "/usr/lib/cni",
          ]
          call.input = text
          do {
            let output = try call.run()
            if output.status != 137, !output.succeeded, !output.stdout.contains("duplicate") {
              failures.withLock { $0.append("\(output)") }
            }
          } catch { failures.withLock { $0.append("\(error)") } }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
    let addresses = Set((2...254).map { "10.1.0.\($0)" })
    for (address, owner) in pool.reservations {
      #expect(addresses.contains(address) && owner.hasSuffix("\r\neth0"), "\(address): \(owner)")
    }
    for worker in 0..<4 { for round in 0..<40 { try pool.delete("w\(worker)r\(round)") } }
    #expect(pool.reservations == [:] && pool.index == [])
  }
}
