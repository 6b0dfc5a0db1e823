import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// The claims of docs/security.md that need the whole program to be tested.
@Suite(.needsRoot, .needs(kernel: .macvlan)) struct SecurityTests {
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test(arguments: ["0000", "0777"]) func modesDoNotDependOnTheUmask(_ mask: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    var call = lab.call("c1", pod)
    let program = try lab.directory.write("masked", "#!/bin/sh\numask \(mask)\nexec \(Products.braid)\n", mode: 0o755)
    call.executable = program
    _ = try call.run(on: lab.node).result()
    #expect(mode(lab.directory["state"]) == 0o700 && mode(lab.directory["state/records"]) == 0o700)
    #expect(mode(lab.directory["state/records/c1@eth0.json"]) == 0o600 && mode(lab.directory["state/lock"]) == 0o600)
    #expect(mode(lab.directory["ipam/pods"]) == 0o755 && mode(lab.directory["ipam/pods/10.244.7.2"]) == 0o600)
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// Expects an ADD to be refused with the code and the text, and to touch nothing.
  private func refused(
    _ lab: Lab, _ pod: ScratchNamespace, code: Int = 5, _ text: String, keys: JSONObject = [:],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let (node, container) = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try lab.call("c1", pod, keys: keys).run(on: lab.node).error()
    #expect(error.code == code && error.text.contains(text), "\(error)", sourceLocation: location)
    try expectNoChange(node, lab.node, location)
    try expectNoChange(container, pod, location)
  }

  @Test(arguments: ["state", "state/records"]) func stateIsNotFollowedThroughALink(_ part: String) throws {
    let (lab, pod, elsewhere) = (try Lab(), try ScratchNamespace(), try TemporaryDirectory())
    if part != "state" { mkdir(lab.directory["state"], 0o700) }
    symlink(elsewhere.path, lab.directory[part])
    try refused(lab, pod, lab.directory[part])
    #expect(elsewhere.list() == [])
  }

  @Test(arguments: ["state", "state/records"]) func stateOfSomebodyElseIsNotUsed(_ part: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    for folder in ["state", "state/records"] { mkdir(lab.directory[folder], 0o700) }
    chown(lab.directory[part], 1234, 1234)
    try refused(lab, pod, lab.directory[part])
    chown(lab.directory[part], 0, 0)
    chmod(lab.directory[part], 0o770)
    try refused(lab, pod, lab.directory[part])
    chmod(lab.directory[part], 0o700)
    _ = try lab.add("c1", pod)
  }

  /// Something else stands in the place of the record. Braid sets it aside or refuses the call. It never follows it, waits for it, or
  /// writes through it.
  @Test(arguments: ["link", "fifo", "directory"]) func whatIsNoPlainRecordIsNotRead(_ kind: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    for folder in ["state", "state/records"] { mkdir(lab.directory[folder], 0o700) }
    let victim = try lab.directory.write("victim", "untouched")
    let record = lab.directory["state/records/c1@eth0.json"]
    switch kind {
    case "link": symlink(victim, record)
    case "fifo": mkfifo(record, 0o600)
    default: mkdir(record, 0o700)
    }
    var call = lab.call("c1", pod)
    call.seconds = 20
    let answer = try call.run(on: lab.node)
    #expect(answer.succeeded && answer.output.stderr.contains("c1@eth0.json"), "\(answer)")
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(try lab.left == [] && lab.directory.read("victim") == "untouched")
    // Other containers are not affected.
    _ = try lab.add("c2", pod)
    #expect(try lab.call("c2", pod).with("DEL").run(on: lab.node).result() == [:])
  }

  @Test func aPolicyThatNeverEndsIsNotWaitedFor() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    mkfifo(lab.directory["fifo"], 0o600)
    try refused(lab, pod, code: 7, "fifo", keys: ["policy": .string(lab.directory["fifo"])])
    try refused(lab, pod, code: 7, "/dev/zero", keys: ["policy": "/dev/zero"])
    let big = try lab.directory.write("big.yaml", String(repeating: "# filler\n", count: 2 << 20))
    try refused(lab, pod, code: 7, "big.yaml", keys: ["policy": .string(big)])
  }

  @Test func aConfigurationWithoutEndIsRefused() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    var call = lab.call("c1", pod)
    call.stdin = [UInt8](repeating: UInt8(ascii: " "), count: (8 << 20) + 1)
    #expect(try call.run(on: lab.node).error().code == 6)
    call.stdin = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
    #expect(try call.run(on: lab.node).error().code == 6)
  }

  @Test(arguments: ["../c1", ".c1", "c/1", "", "c 1", "ключ", String(repeating: "c", count: 5000)])
  func identifiersThatAreNoFileNamesAreRefused(_ id: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    for command in ["ADD", "CHECK", "DEL"] {
      #expect(try lab.call(id, pod).with(command).run(on: lab.node).error().code == 4)
    }
    for name in ["../eth0", "eth/0", "", ".", "..", "eth0:1", "sixteencharacter"] {
      #expect(try lab.call("c1", pod, ifName: name).run(on: lab.node).error().code == 4)
    }
    #expect(lab.directory.list() == ["policy.yaml"] || lab.left == [])
  }

  @Test(arguments: ["../braid-evil", "/bin/true", "sub/plugin", "..", "missing"])
  func onlyPlainNamesInAbsoluteDirectoriesAreRun(_ type: String) throws {
    let policy = """
      apiVersion: braid/v1
      kind: Policy
      networks: {evil: {chain: [{type: "\(type)"}]}}
      """
    let (lab, pod) = (try Lab("rules: [{name: all, attach: [{network: evil}]}]", networks: policy), try ScratchNamespace())
    let mark = lab.directory["mark"]
    try lab.directory.write("bin/plugin", "#!/bin/sh\ntouch \(mark)\n", mode: 0o755)
    try lab.directory.write("braid-evil", "#!/bin/sh\ntouch \(mark)\n", mode: 0o755)
    mkdir(lab.directory["bin/sub"], 0o755)
    symlink(lab.directory["bin/plugin"], lab.directory["bin/sub/plugin"])
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    #expect(try call.run(on: lab.node).error().code == 7)
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test func relativeDirectoriesOfThePathDoNotCount() throws {
    let policy = "apiVersion: braid/v1\nkind: Policy\nnetworks: {n: {chain: [{type: plugin}]}}\n"
    let (lab, pod) = (try Lab("rules: [{name: all, attach: [{network: n}]}]", networks: policy), try ScratchNamespace())
    try lab.directory.write("bin/plugin", "#!/bin/sh\ntouch \(lab.directory["mark"])\n", mode: 0o755)
    var call = lab.call("c1", pod)
    let up = String(repeating: "../", count: 40)
    call.path = up + lab.directory["bin"].dropFirst()
    let error = try call.run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains("plugin"), "\(error)")
    #expect(!FileManager.default.fileExists(atPath: lab.directory["mark"]))
  }
}
