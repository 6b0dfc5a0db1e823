import CNI
import Foundation
import Glibc
@testable import IPAM
import JSON
import System
import TestSupport
import Testing

/// Full disks, each mounted for one test.
@Suite(.needsRoot, .needs(program: "mount")) struct FullDiskTests {
  private func withPool(_ options: String, _ body: (Pool) throws -> Void) throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["data"], 0o755)
    try Command("mount", "-t", "tmpfs", "-o", options, "braid-test", scratch["data"]).require()
    defer { _ = try? Command("umount", "-l", scratch["data"]).run() }
    try body(Pool(#"[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]]"#, in: scratch))
  }

  @Test func aFullOneSaysSoAndStillGivesBack() throws {
    try withPool("size=256k,mode=755") { pool in
      for id in ["a", "b"] { try pool.add(id) }
      let before = pool.reservations
      try Command("sh", "-c", "cat /dev/zero > \(pool.dataDir)/filler 2>/dev/null; true").require()
      guard case .system(let error) = pool.failure({ try pool.add("c") }) else { throw CancellationError() }
      #expect(error.errno == .noSpace)
      #expect(pool.reservations == before)
      // The index is gone, and the full disk does not let us write a new one.
      try FileManager.default.removeItem(atPath: "\(pool.dataDir)/.braid")
      try Command("sh", "-c", "cat /dev/zero >> \(pool.dataDir)/filler 2>/dev/null; true").require()
      #expect(try pool.has("a"))
      try pool.delete("a")
      #expect(Set(pool.reservations.keys) == ["10.1.0.3", "fd00::3"])
      unlink("\(pool.dataDir)/filler")
      #expect(try pool.add("c").count == 2)
      for id in ["b", "c"] { try pool.delete(id) }
      #expect(pool.reservations == [:] && pool.index == [])
    }
  }

  /// Each try allows one file more than the try before, so that each step that makes a file fails once.
  @Test func noFileMoreAtEveryStep() throws {
    for inodes in 3...16 {
      try withPool("nr_inodes=\(inodes),mode=755") { pool in
        let got = pool.failure { try pool.add("a") }
        if let got {
          guard case .system(let error) = got else { throw got }
          #expect(error.errno == .noSpace)
          #expect(pool.reservations == [:], "with \(inodes) files")
        } else {
          #expect(pool.reservations.count == 2)
        }
        try pool.delete("a")
        #expect(pool.reservations == [:])
      }
    }
  }

  @Test func aReadOnlyOneSaysSo() throws {
    try withPool("mode=755") { pool in
      try pool.add("a")
      try Command("mount", "-o", "remount,ro", pool.dataDir).require()
      guard case .system(let error) = pool.failure({ try pool.add("b") }) else { throw CancellationError() }
      #expect(error.errno == .readOnlyFileSystem)
    }
  }
}

/// The cost of an ADD and a DEL with many reserved addresses, measured by the number of opened files.
@Suite(.serialized, .needs(program: "strace")) struct CostTests {
  /// Runs the real program and counts the files that it opens and the directories that it lists.
  private func opened(_ pool: Pool, _ program: String, _ command: String, _ id: String) throws -> Int {
    var call = Command("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=open,openat", "-o", pool.scratch["trace"], program)
    call.environment = [
      "PATH": "/usr/bin:/bin", "CNI_COMMAND": command, "CNI_CONTAINERID": id, "CNI_NETNS": "/run/netns/none",
      "CNI_IFNAME": "eth0",
      "CNI_PATH": "/usr/lib/cni",
    ]
    call.input = Array(JSON.object(try pool.configuration().object).text().utf8)
    try call.require()
    return try pool.scratch.read("trace").split(separator: "\n").count
  }

  @Test func itDoesNotGrowWithThePool() throws {
    let pool = try Pool(#"[[{"subnet":"10.0.0.0/8"}]]"#)
    let program = pool.scratch["host-local"]
    symlink(Products.braid, program)
    let few = (add: try opened(pool, program, "ADD", "x"), del: try opened(pool, program, "DEL", "x"))
    for i in 0..<3000 { try pool.reserve("10.1.\(i >> 8).\(i & 255)", "c\(i)\r\neth0") }
    // After changes by others, the first call reads all reservations.
    try pool.add("y")
    try pool.scratch.write("data/net/last_reserved_ip.0", "10.0.255.255")
    let many = (add: try opened(pool, program, "ADD", "z"), del: try opened(pool, program, "DEL", "z"))
    #expect(many.add <= few.add + 10 && many.del <= few.del + 10, "\(few), \(many)")
    // The search skipped 3,000 reserved addresses in a row: it listed the directory once and opened none of them.
    #expect(try opened(pool, program, "DEL", "c777") <= few.del + 10)
    #expect(pool.reservations["10.1.3.9"] == nil && pool.reservations["10.1.3.10"] != nil)
  }
}
