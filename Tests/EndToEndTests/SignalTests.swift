import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Signals that reach Braid during an operation, and the state of signals that a runtime leaves to it.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct SignalTests {
  /// A lab whose second network is an external plugin. `script` is what the plugin does at each command; `$braid` is Braid's process.
  private func lab(_ script: String) throws -> Lab {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: outside}]}]",
      networks: Lab.networks + "\n  outside: {chain: [{type: outside}]}")
    let whole = """
      #!/bin/sh
      cat >/dev/null
      read -r x x x braid x </proc/$PPID/stat
      \(script)
      [ $CNI_COMMAND != ADD ] || echo '{"cniVersion":"1.0.0"}'
      """
    try lab.directory.write("bin/outside", whole.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
    return lab
  }

  private func call(_ lab: Lab, _ pod: ScratchNamespace, _ command: String = "ADD") -> PluginCall {
    var call = lab.call("c1", pod).with(command)
    call.path = lab.directory["bin"]
    return call
  }

  /// A call through a shell command, which ends with `exec braid`.
  private func call(_ lab: Lab, _ pod: ScratchNamespace, through command: String) throws -> PluginCall {
    var call = call(lab, pod)
    call.executable = try lab.directory.write("wrapper", "#!/bin/sh\n\(command) '\(Products.braid)'\n", mode: 0o755)
    return call
  }

  /// Signals whose default is death or a stop, but which say nothing about the operation.
  @Test(arguments: [
    "HUP", "QUIT", "PIPE", "ALRM", "USR1", "USR2", "STKFLT", "XCPU", "XFSZ", "VTALRM", "PROF", "IO", "PWR", "TSTP", "TTIN",
    "TTOU", "RTMIN",
  ])
  func theyDoNotEndAnOperation(_ name: String) throws {
    let (lab, pod) = (try lab("kill -\(name) $braid"), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let result = JSON.object(try call(lab, pod).run(on: lab.node).result())
    #expect(result["interfaces", 0, "name"] == "eth0")
    #expect(try call(lab, pod, "CHECK").run(on: lab.node).result() == [:])
    #expect(try call(lab, pod, "DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// Somebody wants Braid to end: the plugin that runs is ended, and the ADD undone and answered.
  @Test(arguments: [("TERM", 15), ("INT", 2)]) func aWishToEndUndoesAnADD(_ name: String, _ number: Int) throws {
    let script = "[ $CNI_COMMAND != ADD ] || { echo $$ >DIR/hanging.pid; kill -\(name) $braid; exec sleep 600; }"
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("outside") && error.text.contains("signal \(number)"), "\(error)")
    try waitForTheEnd(of: #require(pid_t(lab.directory.read("hanging.pid").dropLast())))
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  @Test func aWishToEndKeepsTheRestOfADEL() throws {
    let script = "[ $CNI_COMMAND != DEL ] || [ -e DIR/ready ] || { kill -TERM $braid; exec sleep 600; }"
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try call(lab, pod).run(on: lab.node).result()
    let error = try call(lab, pod, "DEL").run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("signal 15"), "\(error)")
    try expectNoChange(before.0, lab.node)
    #expect(lab.left == ["c1@eth0.json"])
    try lab.directory.write("ready", "")
    #expect(try call(lab, pod, "DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// Every limit of a file's size, in blocks of 512 bytes, from nothing to more than a record needs. The answer goes through a pipe,
  /// which the limit does not concern.
  @Test(arguments: 0...14) func aLimitOfFileSizesIsAnError(_ blocks: Int) throws {
    let (lab, pod) = (try lab(""), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let command = """
      exec 5>&1
      status=$({ { (ulimit -f \(blocks); exec '\(Products.braid)'); echo $? >&4; } | cat >&5; } 4>&1)
      exit $status
      """
    var call = call(lab, pod)
    call.executable = try lab.directory.write("wrapper", "#!/bin/sh\n\(command)\n", mode: 0o755)
    let answer = try call.run(on: lab.node)
    if answer.succeeded {
      #expect(try self.call(lab, pod, "CHECK").run(on: lab.node).result() == [:])
      #expect(try self.call(lab, pod, "DEL").run(on: lab.node).result() == [:])
    } else {
      let error = try answer.error()
      #expect(error.code == 5 && error.text.contains("File too large"), "\(error)")
    }
    // A record needs more than one block, and less than fourteen.
    if blocks < 2 || blocks > 13 { #expect(answer.succeeded == (blocks > 13), "\(answer)") }
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// A runtime that ignores or blocks everything changes nothing for Braid, and nothing for its plugins.
  @Test(.needs(program: "env"), arguments: ["--ignore-signal", "--block-signal", "--ignore-signal --block-signal"])
  func whatARuntimeLeavesDoesNotMatter(_ options: String) throws {
    let script = "grep -E '^Sig(Blk|Ign)' /proc/self/status >DIR/$CNI_COMMAND.signals"
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try call(lab, pod, through: "exec env \(options)").run(on: lab.node).result()
    let lines = try lab.directory.read("ADD.signals").split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("\t0000000000000000") }, "\(lines)")
    #expect(try call(lab, pod, "DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    #expect(lab.left == [])
  }

  /// A timer that the runtime has left running. It survives execve(2).
  @Test(.needs(program: "perl")) func anAlarmOfTheRuntimeDoesNotEndIt() throws {
    let (lab, pod) = (try lab("sleep 1.5"), try ScratchNamespace())
    _ = try call(lab, pod, through: "exec perl -e 'alarm 1; exec @ARGV'").run(on: lab.node).result()
    #expect(try call(lab, pod, "DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }
}
