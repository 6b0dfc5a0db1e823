import Foundation
import JSON
import TestSupport
import Testing

/// ADDs whose record would be too large to be read again.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct RecordRoomTests {
  /// Each result fits the limit for a plugin's output. Together they do not fit the record.
  @Test func aResultWithoutRoomFailsTheAddAndNamesThePlugin() throws {
    let outside = (1...4).map { "  outside\($0): {chain: [{type: talker}]}" }.joined(separator: "\n")
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: outside1}, {network: outside2}, {network: outside3}]}]",
      networks: Lab.networks + "\n" + outside)
    let script = """
      #!/bin/sh
      echo "$CNI_COMMAND $CNI_IFNAME" >>\(lab.directory.path)/calls
      cat >/dev/null
      [ "$CNI_COMMAND" = ADD ] || exit 0
      printf '{"cniVersion":"1.0.0","dns":{"search":["'
      head -c 3000000 /dev/zero | tr '\\0' "${CNI_IFNAME#net}"
      echo '"]}}'
      """
    try lab.directory.write("bin/talker", script, mode: 0o755)
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    let error = try call.run(on: lab.node).error()
    #expect(error.code == 6, "\(error)")
    for part in ["outside3", "net3", "talker", "result has 3000"] { #expect(error.text.contains(part), "\(error)") }
    let calls = try lab.directory.read("calls").split(separator: "\n")
    #expect(calls == ["ADD net1", "ADD net2", "ADD net3", "DEL net3", "DEL net2", "DEL net1"])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  /// A Pod's arguments are copied into the configuration of every plugin in its chains.
  @Test(arguments: [(depth: 119, fits: true), (depth: 121, fits: false)])
  func argumentsOfAPodAreRefusedBeforeAnythingIsTouched(_ depth: Int, _ fits: Bool) throws {
    let lab = try Lab(Lab.three + "\nrequests: [{namespaces: [\"*\"], networks: [fabric], cniArgs: [\"*\"]}]")
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let inner = "[" + Array(repeating: "0", count: 100_000).joined(separator: ",") + "]"
    let nested = String(repeating: "[", count: depth - 1) + inner + String(repeating: "]", count: depth - 1)
    let annotations: JSON = ["k8s.v1.cni.cncf.io/networks": .string(#"[{"name":"fabric","cni-args":{"a":\#(nested)}}]"#)]
    let call = lab.call("c1", pod, namespace: "web", keys: ["runtimeConfig": ["io.kubernetes.cri.pod-annotations": annotations]])
    let answer = try call.run(on: lab.node)
    #expect(answer.succeeded == fits, "\(answer)")
    if !fits {
      let error = try answer.error()
      #expect(error.code == 7)
      for part in ["k8s.v1.cni.cncf.io/networks, element 1", "fabric", "cni-args.a"] { #expect(error.text.contains(part)) }
      #expect(lab.left == [] && lab.directory.list("ipam") == [])
    }
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }
}
