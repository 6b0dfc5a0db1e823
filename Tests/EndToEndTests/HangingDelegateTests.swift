import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// External plugins that do not end: Braid must end them.
@Suite(.needsRoot, .needs(kernel: .bridge)) struct HangingDelegateTests {
  /// A bridge and two plugins behind it. `hang` is the shell command that both run at one CNI command.
  private func lab(_ command: String, _ hang: String) throws -> Lab {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: hanging}]}]",
      networks: """
        apiVersion: braid/v1
        kind: Policy
        networks:
          hanging:
            chain:
              - {type: bridge, bridge: br-hang, isGateway: true, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.5.0.0/24}]]}}
              - {type: first}
              - {type: second}
        """)
    let script = """
      #!/bin/sh
      echo $$ >"DIR/$(basename "$0").pid"
      [ $CNI_COMMAND != \(command) ] || { \(hang); }
      [ $CNI_COMMAND = ADD ] || exec cat >/dev/null
      exec sed 's/.*"prevResult":\\({.*}\\)}$/\\1/'
      """
    for name in ["first", "second"] {
      try lab.directory.write("bin/\(name)", script.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
    }
    return lab
  }

  private func call(_ lab: Lab, _ pod: ScratchNamespace) -> PluginCall {
    var call = lab.call("c1", pod, keys: ["timeLimit": 1])
    call.path = lab.directory["bin"]
    return call
  }

  /// Waits for the end of the process whose PID a plugin wrote into this file.
  private func waitForTheEnd(_ lab: Lab, _ file: String) throws {
    try TestSupport.waitForTheEnd(of: #require(Int32(lab.directory.read(file).dropLast())))
  }

  @Test func twoThatHangInDelKeepNothingOfOurs() throws {
    let (lab, pod) = (try lab("DEL", #"[ -e "DIR/ready" ] || exec sleep 600"#), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try call(lab, pod).run(on: lab.node).result()
    let error = try call(lab, pod).with("DEL").run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("first") && error.text.contains("second"), "\(error)")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == ["c1@eth0.json"])
    try lab.directory.write("ready", "")
    #expect(try call(lab, pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// The plugin ignores all signals that can be ignored, and leaves a child behind that keeps its output open.
  @Test func oneThatHeedsNothingEndsWithItsChildren() throws {
    let hang = """
      trap '' TERM INT HUP
      sleep 600 &
      echo $! >"DIR/child.pid"
      while :; do wait; done
      """
    let (lab, pod) = (try lab("ADD", hang), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("first") && error.text.contains("longer than 1 s"), "\(error)")
    try waitForTheEnd(lab, "child.pid")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// The plugin's child has a session of its own, and its parent has ended. It ends with the plugin, whether that hangs or answers
  /// nonsense.
  @Test(arguments: ["exec sleep 600", "echo nonsense; exit 0", "exit 1"]) func aDaemonOfOneThatFailsEnds(_ end: String) throws {
    let hang = """
      (setsid sh -c 'echo $$ >"DIR/child.pid"; exec sleep 600' >/dev/null 2>&1 &)
      until [ -s "DIR/child.pid" ]; do sleep 0.02; done
      \(end)
      """
    let (lab, pod) = (try lab("ADD", hang), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try call(lab, pod).run(on: lab.node).error()
    try waitForTheEnd(lab, "child.pid")
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// A plugin may start a daemon on purpose, such as a DHCP client. It stays if the plugin succeeds, even if the ADD fails later.
  @Test func aDaemonOfOneThatSucceedsStays() throws {
    let hang = """
      export name=$(basename "$0")
      (setsid sh -c 'echo $$ >"DIR/$name-child.pid"; exec sleep 600' >/dev/null 2>&1 &)
      until [ -s "DIR/$name-child.pid" ]; do sleep 0.02; done
      [ $name = first ] || exit 1
      """
    let (lab, pod) = (try lab("ADD", hang), try ScratchNamespace())
    _ = try call(lab, pod).run(on: lab.node).error()
    let first = try #require(pid_t(lab.directory.read("first-child.pid").dropLast()))
    defer { kill(first, SIGKILL) }
    #expect(kill(first, 0) == 0)
    try waitForTheEnd(lab, "second-child.pid")
    #expect(lab.left == [])
  }

  /// A plugin ends by itself and leaves a process in its group. Braid does not wait for that process.
  @Test func oneThatLeavesItsOutputToSomebodyIsNotWaitedFor() throws {
    let (lab, pod) = (try lab("ADD", #"sleep 60 & echo $! >"DIR/child.pid""#), try ScratchNamespace())
    _ = try call(lab, pod).run(on: lab.node).result()
    defer { if let text = try? lab.directory.read("child.pid"), let pid = Int32(text.dropLast()) { kill(pid, SIGKILL) } }
    #expect(try call(lab, pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// The plugin dies, and its daemon with it.
  @Test(arguments: ["ADD", "DEL"]) func oneThatHangsDiesWithBraid(_ command: String) throws {
    let hang = #"""
      [ -e "DIR/ready" ] || {
        (setsid sh -c 'echo $$ >"DIR/child.pid"; exec sleep 600' >/dev/null 2>&1 &)
        until [ -s "DIR/child.pid" ]; do sleep 0.02; done
        echo $$ >"DIR/hanging.pid"
        exec sleep 600
      }
      """#
    let (lab, pod) = (try lab(command, hang), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    if command == "DEL" { _ = try call(lab, pod).run(on: lab.node).result() }
    var killed = lab.call("c1", pod).with(command)
    killed.path = lab.directory["bin"]
    killed.executable = try lab.directory.write(
      "killer",
      """
      #!/bin/sh
      exec 3<&0
      \(Products.braid) <&3 & braid=$!
      until [ -s "\(lab.directory["hanging.pid"])" ]; do sleep 0.02; done
      kill -KILL $braid
      wait
      """, mode: 0o755)
    _ = try killed.run(on: lab.node)
    try waitForTheEnd(lab, "hanging.pid")
    try waitForTheEnd(lab, "child.pid")
    try lab.directory.write("ready", "")
    #expect(try call(lab, pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }
}
