import JSON
import TestSupport
import Testing

/// Which operation exists in which version, and VERSION itself.
let versionCases: [Case] = [
  Case("spec 2, VERSION; item 8", "VERSION needs nothing but its name", Plugin.allCases) { b in
    for stdin in ["", "{", #"{"cniVersion":"0.4.0"}"#] {
      let answer = try b.call("VERSION", [:]) {
        ($0.containerID, $0.netns, $0.ifName, $0.path, $0.stdin) = (nil, nil, nil, nil, Array(stdin.utf8))
      }
      let result = JSON.object(try answer.result())
      #expect(result["cniVersion"].string == Subject.specs.last?.rawValue)
      #expect(result["supportedVersions"].list.map(\.text) == Subject.specs(of: b.plugin).map(\.rawValue))
    }
  },
  Case("item 7", "CHECK below 0.4.0 is code 1", Plugin.allCases, specs: Spec.beforeCheck) { b in
    try b.refuses("CHECK", [:], 1, "config version does not allow CHECK")
  },
  Case("item 7", "GC below 1.1.0 is code 1", Plugin.allCases, specs: Spec.beforeGarbageCollection, reach: .since("1.6.0")) { b in
    try b.refuses("GC", [:], 1, "config version does not allow GC") { ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil) }
  },
  Case("item 7", "STATUS below 1.1.0 is code 1", Plugin.allCases, specs: Spec.beforeGarbageCollection, reach: .since("1.6.0")) {
    b in
    try b.refuses("STATUS", [:], 1, "config version does not allow STATUS") {
      ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil)
    }
  },
  Case("item 7", "CHECK without a cniVersion is code 1", Plugin.allCases) { b in
    try b.refuses("CHECK", [:], 1, "config version does not allow CHECK") { $0.stdin = Array(#"{"name":"net1"}"#.utf8) }
  },
  Case("item 8", "a missing, empty or null cniVersion means 0.1.0", [.static, .hostLocal]) { b in
    for version in ["", #""cniVersion":"","#, #""cniVersion":null,"#] {
      let ipam = b.plugin == .static ? statically("10.0.0.2/24") : hostLocal("10.0.0.0/24")
      let whole = JSON.object(b.configuration(["ipam": ipam]))["ipam"].text(pretty: false)
      let answer = try b.call("ADD", [:]) { $0.stdin = Array(#"{\#(version)"name":"net1","ipam":\#(whole)}"#.utf8) }
      let result = JSON.object(try answer.result())
      #expect(result["ip4"]["ip"].text.hasPrefix("10.0.0.") && result["ips"].isNull, "\(answer)")
      try b.delete(["ipam": ipam])
    }
  },
  Case("spec 2, STATUS; item 7", "STATUS of a plugin that is ready says nothing", Plugin.allCases, specs: [.v110]) { b in
    try b.prepare()
    let answer = try b.call("STATUS", b.plain) { ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil) }
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
  },
  Case("spec 2, GC; item 7", "GC with nothing to do says nothing", Plugin.allCases, specs: [.v110]) { b in
    try b.prepare()
    let answer = try b.call("GC", b.plain.with("cni.dev/valid-attachments", [])) {
      ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil)
    }
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
  },
]

extension Bench {
  /// The smallest valid configuration of the plugin under test.
  var plain: JSONObject {
    switch plugin {
    case .bridge: ["bridge": "br0"]
    case .macvlan: ["master": "nic0"]
    case .ptp: ["ipam": hostLocal("10.1.0.0/24")]
    case .hostLocal: ["ipam": hostLocal("10.0.0.0/24")]
    case .static: ["ipam": statically("10.0.0.2/24")]
    case .bandwidth, .tuning, .sbr, .portmap, .loopback: [:]
    }
  }

  /// Prepares the node for `plain`.
  func prepare() throws {
    if plugin == .macvlan { try makeMaster() }
  }
}
