import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Objects that several calls share: bridges, gateway addresses, locks.
@Suite(.needsRoot, .needs(kernel: .macvlan), .needs(program: "python3")) struct SharedObjectsTests {
  /// Eight ADDs at once on a node without a bridge make one bridge, one gateway address per family and eight addresses. Then eight DELs.
  @Test(arguments: 1...3) func bridgesMadeAtTheSameMoment(_ round: Int) throws {
    let lab = try Lab()
    let before = try NamespaceDump(lab.node)
    let pods = try (0..<8).map { _ in try ScratchNamespace() }
    func all(_ command: String) throws -> [PluginAnswer] {
      let results = Results(count: pods.count)
      DispatchQueue.concurrentPerform(iterations: pods.count) { i in
        results.set(i, Result { try lab.call("c\(i)", pods[i]).with(command).run(on: lab.node) })
      }
      return try results.all()
    }
    let addresses = try all("ADD").map { JSON.object(try $0.result())["ips", 0, "address"]?.string ?? "" }
    #expect(Set(addresses).count == 8)
    for (bridge, gateways) in [("br-pods", ["10.244.7.1"]), ("br-fabric", ["10.7.0.1", "fd00:7::1"])] {
      let infos = try lab.node.json(.ip, "addr", "show", "dev", bridge)[0, "addr_info"]?.array ?? []
      let global = infos.compactMap { $0["scope"] == "global" ? $0["local"]?.string : nil }
      #expect(global.sorted() == gateways)
      #expect(try lab.node.json(.ip, "link", "show", "master", bridge).array?.count == 8)
    }
    for answer in try all("CHECK") { #expect(try answer.result() == [:]) }
    for answer in try all("DEL") { #expect(try answer.result() == [:]) }
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// ADDs and DELs at once. After an ADD there is a bridge; the last DEL removes it.
  @Test func bridgesThatGoWhileOthersCome() throws {
    let lab = try Lab()
    let before = try NamespaceDump(lab.node)
    let pods = try (0..<6).map { _ in try ScratchNamespace() }
    let results = Results(count: pods.count)
    DispatchQueue.concurrentPerform(iterations: pods.count) { i in
      results.set(
        i,
        Result {
          for _ in 0..<5 {
            _ = try lab.call("c\(i)", pods[i]).run(on: lab.node).result()
            _ = try lab.call("c\(i)", pods[i]).with("CHECK").run(on: lab.node).result()
            _ = try lab.call("c\(i)", pods[i]).with("DEL").run(on: lab.node).result()
          }
          return try lab.call("c\(i)", pods[i]).with("DEL").run(on: lab.node)
        })
    }
    for answer in try results.all() { #expect(try answer.result() == [:]) }
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// Another process holds the lock of an attachment. GC waits for a second and names that process. After that process is killed, GC
  /// succeeds.
  @Test func whoHoldsALockIsNamedAndDeathReleasesIt() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script =
      "import fcntl, sys, time; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    holder.arguments = ["python3", "-c", script, lab.directory["state/lock"]]
    let output = Pipe()
    holder.standardOutput = output
    try holder.run()
    defer {
      kill(holder.processIdentifier, SIGKILL)
      holder.waitUntilExit()
    }
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    let gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]).with("GC")
    let error = try gc.run(on: lab.node).error()
    #expect(
      error.code == 11 && error.text.contains("\(holder.processIdentifier)") && error.text.contains("state/lock"), "\(error)")
    #expect(lab.directory.list("state/records") == ["c1@eth0.json"])
    kill(holder.processIdentifier, SIGKILL)
    #expect(try gc.run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }
}
