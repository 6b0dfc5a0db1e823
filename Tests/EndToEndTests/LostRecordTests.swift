import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Records that cannot be read, and state directories that have gone, while Pods live. They are in nobody's way, and everything that can be
/// known without them is undone.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct LostRecordTests {
  private static let record = "state/records/c1@eth0.json"

  /// What a crash, a disk, an older Braid or a person may leave in the place of a record. F is its path.
  static let deeds = [
    ": >F", "printf '{' >F", "printf '{}' >F", #"printf '{"apiVersion":"braid/record/v9"}' >F"#, "truncate -s 40 F",
    "head -c 3000 /dev/zero >F", "printf '\\377\\376' >F", "truncate -s 1T F", "rm F; mkdir F", "rm F; mkdir F; touch F/x",
    "rm F; ln -s /etc/passwd F", "rm F; mkfifo F",
    "awk 'BEGIN { while (i++ < 200) printf \"[\" }' >F",
  ]

  private func ruin(_ lab: Lab, _ deed: String) throws {
    try Command("sh", "-ec", deed.replacingOccurrences(of: "F", with: lab.directory[Self.record])).require()
  }

  private func gc(_ lab: Lab, _ valid: JSON) throws -> PluginAnswer {
    var call = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC")
    call.path = lab.directory["bin"]
    return try call.run(on: lab.node)
  }

  @Test(arguments: deeds) func delUndoesWhatCanBeKnown(_ deed: String) throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c2", two)
    let before = (try NamespaceDump(lab.node), try NamespaceDump(one), lab.left)
    _ = try lab.add("c1", one)
    try ruin(lab, deed)
    // It is in no other Pod's way.
    #expect(try lab.call("c2", two).with("CHECK").run(on: lab.node).result() == [:])
    var call = lab.call("c1", one).with("DEL")
    call.seconds = 20
    let answer = try call.run(on: lab.node)
    #expect(answer.succeeded && answer.output.stderr.contains("c1@eth0.json"), "\(answer)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, one)
    #expect(lab.left == before.2)
    #expect(lab.directory.list("state/corrupt").first?.hasPrefix("c1@eth0.json") == true)
    let again = try call.run(on: lab.node)
    #expect(again.succeeded && again.output.stderr == "", "it is told once: \(again)")
    #expect(try lab.call("c2", two).with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// GC has no namespace, but the Pod's is gone when the runtime no longer lists it.
  @Test(arguments: deeds) func gcUndoesWhatCanBeKnown(_ deed: String) throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c2", two)
    let before = (try NamespaceDump(lab.node), lab.left)
    _ = try lab.add("c1", one)
    try ruin(lab, deed)
    one.remove()
    let answer = try gc(lab, [["containerID": "c2", "ifname": "eth0"]])
    #expect(answer.succeeded && answer.output.stderr.contains("c1@eth0.json"), "\(answer)")
    // The kernel takes the links of a namespace away some time after the namespace.
    try wait(for: "the links of the Pod to go") { before.0.difference(to: try NamespaceDump(lab.node)) == [] }
    #expect(lab.left == before.1)
  }

  /// The policy no longer gives the Pod these networks. Only the reservations tell what it has.
  @Test func delFindsTheReservationsOfTheContainerInAllNetworks() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    try lab.directory.write("ipam/pods/10.244.7.99", "c10\r\neth0", mode: 0o600)
    try ruin(lab, "printf '{' >F")
    let answer = try lab.call("c1", pod, namespace: "elsewhere").with("DEL").run(on: lab.node)
    #expect(answer.succeeded, "\(answer)")
    #expect(["pods", "storage", "fabric"].map { lab.reservations($0) } == [["10.244.7.99"], [], []])
  }

  @Test func theContainersOtherAttachmentKeepsWhatItHas() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod, namespace: "web")
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod), lab.left)
    _ = try lab.call("c1", pod, namespace: "web", ifName: "eth7").run(on: lab.node).result()
    try lab.directory.write("state/records/c1@eth7.json", "{", mode: 0o600)
    #expect(try lab.call("c1", pod, namespace: "web", ifName: "eth7").with("DEL").run(on: lab.node).succeeded)
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == before.2)
    #expect(try lab.call("c1", pod, namespace: "web").with("CHECK").run(on: lab.node).result() == [:])
  }

  /// Braid cannot call another's plugin without the record: nobody knows whether it ever ran. It says so once.
  @Test(arguments: ["DEL", "GC"]) func pluginsOfOthersAreNamedOnce(_ command: String) throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: mixed}]}]",
      networks: Lab.networks + """

          mixed:
            chain:
              - {type: bridge, bridge: br-pods, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.8.0.0/24}]]}}
              - {type: outsider}
        """)
    let pod = try ScratchNamespace()
    try lab.directory.write("bin/outsider", "#!/bin/sh\necho '{\"cniVersion\":\"1.0.0\"}'\n", mode: 0o755)
    var add = lab.call("c1", pod)
    add.path = lab.directory["bin"]
    _ = try add.run(on: lab.node).result()
    try ruin(lab, "printf '{' >F")
    for isFirst in [true, false] {
      let answer = command == "DEL" ? try add.with("DEL").run(on: lab.node) : try gc(lab, [])
      #expect(answer.succeeded, "\(answer)")
      #expect(answer.output.stderr.contains("outsider (network \"mixed\")") == isFirst, "\(answer)")
    }
    #expect(lab.left == [])
  }

  @Test(.needs(program: "chattr")) func aRecordThatNobodyCanRemoveIsNamed() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try lab.add("c1", pod)
    let record = lab.directory[Self.record]
    guard try Command("chattr", "+i", record).run().succeeded else { return }
    defer { _ = try? Command("chattr", "-i", record).run() }
    let answer = try lab.call("c1", pod).with("DEL").run(on: lab.node)
    #expect(answer.succeeded && answer.output.stderr.contains("\(record) cannot be removed"), "\(answer)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == ["c1@eth0.json"])
  }

  // MARK: - The state directory

  @Test(arguments: ["mv DIR/state DIR/elsewhere", "rm -r DIR/state", "rm -r DIR/state; mkdir -m 700 DIR/state"])
  func aStateDirectoryThatHasGoneIsToldAndDelUndoesWhatCanBeKnown(_ deed: String) throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(one))
    // Others may write to the directory around.
    chmod(lab.directory.path, 0o1777)
    func status() throws -> PluginAnswer {
      try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node)
    }
    _ = try lab.add("c1", one)
    let quiet = try status()
    #expect(quiet.succeeded && quiet.output.stderr == "", "\(quiet)")
    try Command("sh", "-ec", deed.replacingOccurrences(of: "DIR", with: lab.directory.path)).require()
    for isEmpty in [true, false] {
      let told = try status()
      #expect(told.succeeded && told.output.stderr.contains("\(lab.directory["state"]) is not the one"), "\(told)")
      // It does not end with the first Pod of the new directory.
      if isEmpty { _ = try lab.add("c2", two) }
    }
    #expect(try lab.call("c2", two).with("DEL").run(on: lab.node).result() == [:])
    // The Pod's networks cannot be told from the policy any more.
    #expect(try lab.call("c1", one, namespace: "elsewhere").with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, one)
    #expect(lab.left == [])
  }

  /// Nothing can be made in the place of the directory that was moved away.
  @Test func delWorksWhereNoStateDirectoryCanBeMade() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = try NamespaceDump(pod)
    var keys: JSONObject = [:]
    keys["stateDir"] = .string(lab.directory["disk/state"])
    mkdir(lab.directory["disk"], 0o755)
    _ = try lab.call("c1", pod, keys: keys).run(on: lab.node).result()
    try Command("sh", "-c", "rm -r \(lab.directory["disk"]) && mkdir \(lab.directory["disk"])").require()
    try Command("mount", "-t", "tmpfs", "-o", "ro", "braid-test", lab.directory["disk"]).require()
    defer { _ = try? Command("umount", "-l", lab.directory["disk"]).run() }
    #expect(try lab.call("c1", pod, keys: keys).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before, pod)
    #expect(["pods", "storage", "fabric"].allSatisfy { lab.reservations($0) == [] })
  }
}
