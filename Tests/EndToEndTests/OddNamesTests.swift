import JSON
import TestSupport
import Testing

/// Names whose bytes are valid and look like other names.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct OddNamesTests {
  private static let rules = """
    rules:
      - {name: one, match: {annotations: {"caf\u{e9}": "*"}}, attach: [{network: pods}, {network: fabric}]}
      - {name: everyone, attach: [{network: pods}]}
    requests: [{namespaces: ["*"], networks: [fabric]}]
    """

  private func call(_ lab: Lab, _ pod: ScratchNamespace, _ annotations: JSONObject, ifName: String = "eth0") -> PluginCall {
    lab.call("c1", pod, ifName: ifName, keys: ["runtimeConfig": ["io.kubernetes.cri.pod-annotations": .object(annotations)]])
  }

  /// Each name, and whether an interface can have it. The kernel would take `%d` for a template.
  @Test(arguments: [
    ("e\u{301}", true), ("\u{301}x", true), ("a\u{200d}b", true), ("br-pods", true), ("br-fabric", true), ("eth1", true),
    ("net%d", false), ("%s", false), ("x\u{1}y", false), ("x\u{7f}", false), ("a\u{a0}b", false), ("lo", false), ("all", false),
    ("default", false),
  ])
  func namesOfInterfaces(_ name: String, _ isValid: Bool) throws {
    let (lab, pod) = (try Lab(Self.rules), try ScratchNamespace())
    let before = try (NamespaceDump(lab.node), NamespaceDump(pod))
    let request = JSON.array([["name": "fabric", "interface": .string(name)]]).text()
    // Once for the Pod's own wish, once for the runtime's.
    for call in [call(lab, pod, ["k8s.v1.cni.cncf.io/networks": .string(request)]), call(lab, pod, [:], ifName: name)] {
      let answer = try call.run(on: lab.node)
      #expect(answer.succeeded == isValid, "\(answer)")
      if isValid {
        #expect(
          try pod.json(.ip, "link", "show").array?.contains {
            $0["ifname"]?.string.map { $0.utf8.elementsEqual(name.utf8) } ?? false
          } == true)
        #expect(try call.with("CHECK").run(on: lab.node).result() == [:])
        // GC splits the record's name.
        let attachment: JSON = ["containerID": "c1", "ifname": .string(call.ifName ?? "")]
        let gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": [attachment]]).with("GC")
        #expect(try gc.run(on: lab.node).result() == [:])
        #expect(lab.directory.list("state/records").count == 1)
        #expect(try call.with("DEL").run(on: lab.node).result() == [:])
      }
      try expectNoChange(before.0, lab.node)
      try expectNoChange(before.1, pod)
      #expect(lab.left == [])
    }
  }

  /// To a reader they are one name, to the kernel and to the API server two.
  @Test func spellingsOfOneAccentAreDifferentNames() throws {
    let (lab, pod) = (try Lab(Self.rules), try ScratchNamespace())
    for (name, count) in [("caf\u{e9}", 2), ("cafe\u{301}", 1)] {
      let call = call(lab, pod, [name: "x"])
      let result = JSON.object(try call.run(on: lab.node).result())
      let links = (result["interfaces"]?.array ?? []).filter { $0["sandbox"]?.string?.isEmpty == false }
      #expect(links.count == count, "\(name) \(result)")
      #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    }
    let request = #"[{"name":"fabric","interface":"\#u{e9}"},{"name":"fabric","interface":"e\#u{301}"}]"#
    let both = call(lab, pod, ["k8s.v1.cni.cncf.io/networks": .string(request)])
    #expect(try JSON.object(both.run(on: lab.node).result())["ips"]?.array?.count == 5)
    #expect(try both.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }
}
