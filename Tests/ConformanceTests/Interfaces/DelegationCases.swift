import Foundation
import JSON
import TestSupport
import Testing

/// External IPAM plugins behind Braid's plugins (items 5, 10, 11).
let delegationCases: [Case] = [
  Case("item 11", "the IPAM gets the environment and the whole configuration", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.foreign(#"printf '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.7/24","gateway":"10.1.0.1"}]}'"#).with(
      "unknown", ["a": [1, .null]])
    let result = try b.add(own) {
      $0.args = "IgnoreUnknown=1;FOO=bar"
      $0.path = b.foreignPath
      $0.environment["OTHER"] = "kept"
    }
    #expect(result["ips"][0]["address"] == "10.1.0.7/24")
    let environment = try b.directory.read("log/ADD.env")
    for line in [
      "CNI_COMMAND=ADD", "CNI_CONTAINERID=\(b.pod.id)", "CNI_NETNS=\(b.pod.namespace.path)", "CNI_IFNAME=eth0",
      "CNI_ARGS=IgnoreUnknown=1;FOO=bar", "CNI_PATH=\(b.foreignPath)", "OTHER=kept",
    ] { #expect(environment.contains(line + "\n"), "\(line)") }
    #expect(try JSON(parsing: b.directory.read("log/ADD.in")).canonical == JSON.object(b.configuration(own)).canonical)
    try b.delete(own) { $0.path = b.foreignPath }
    #expect(try b.directory.read("log/DEL.env").contains("CNI_COMMAND=DEL\n"))
  },
  Case(
    "item 11", "a result of the IPAM without a version has the configuration's", [.bridge, .macvlan, .ptp],
    specs: [.v020, .v040, .v100]
  ) {
    b in
    let ip =
      Spec.flat.contains(b.spec)
      ? #"{"ip4":{"ip":"10.1.0.7/24","gateway":"10.1.0.1"}}"#
      : #"{"ips":[{"version":"4","address":"10.1.0.7/24","gateway":"10.1.0.1"}]}"#
    let result = try b.add(b.foreign("printf '\(ip)'")) { $0.path = b.foreignPath }
    #expect(Spec.flat.contains(b.spec) ? result["ip4"]["ip"] == "10.1.0.7/24" : result["ips"][0]["address"] == "10.1.0.7/24")
    #expect(try b.pod.namespace.addresses("eth0") == ["10.1.0.7/24"])
  },
  Case("item 5", "the IPAM's error passes through with its code and text", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.foreign(#"printf '{"cniVersion":"1.0.0","code":123,"msg":"no room","details":"at all"}'; exit 1"#)
    try b.refuses("ADD", own, 123, "no room; at all") { $0.path = b.foreignPath }
    try b.refuses("DEL", own, 123, "no room; at all") { $0.path = b.foreignPath }
  },
  Case("item 5", "an IPAM that fails without an error is an error", [.bridge, .macvlan, .ptp]) { b in
    let answer = try b.call("ADD", b.foreign("echo oops >&2; exit 3")) { $0.path = b.foreignPath }
    let error = try answer.error()
    #expect(error.text.contains("oops"), "\(answer)")
  },
  Case("item 5", "an IPAM that answers nonsense is an error", [.bridge, .macvlan, .ptp]) { b in
    for text in ["echo nonsense", "true", "printf '{\"cniVersion\":\"9.9.9\"}'"] {
      let pod = try Pod()
      let answer = try b.call("ADD", b.foreign(text), pod) { $0.path = b.foreignPath }
      #expect(answer.status == 1 && answer.object?["code"] != nil, "\(answer)")
    }
  },
  Case("item 32", "a failure after the IPAM's ADD calls its DEL", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.foreign(
      #"printf '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.7/24","gateway":"10.1.0.1"}],"routes":[{"dst":"192.168.0.0/16","gw":"203.0.113.1"}]}'"#
    )
    let answer = try b.call("ADD", own) { $0.path = b.foreignPath }
    #expect(answer.status == 1, "\(answer)")
    #expect(b.directory.list("log").contains("DEL.env"))
  },
  Case("item 11", "CHECK calls the IPAM's CHECK", [.bridge, .macvlan, .ptp], specs: [.v040, .v100]) { b in
    let own = try b.foreign(
      #"[ $CNI_COMMAND = CHECK ] || printf '{"cniVersion":"\#(b.spec.rawValue)","ips":[{"version":"4","address":"10.1.0.7/24","gateway":"10.1.0.1"}]}'"#
    )
    let result = try b.add(own) { $0.path = b.foreignPath }
    try b.check(own, after: result) { $0.path = b.foreignPath }
    #expect(b.directory.list("log").contains("CHECK.env"))
    #expect(try b.directory.read("log/CHECK.in").contains("prevResult"))
  },
  Case("spec 2", "CNI_PATH is searched in its order", [.bridge, .macvlan, .ptp]) { b in
    let own = try b.foreign(#"printf '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.7/24","gateway":"10.1.0.1"}]}'"#)
    try b.writeProgram("later/foreign", "#!/bin/sh\nexit 9\n")
    let result = try b.add(own) { $0.path = "/proc/nowhere:\(b.foreignPath):\(b.directory["later"])" }
    #expect(result["ips"][0]["address"] == "10.1.0.7/24")
  },
]

extension Bench {
  /// A directory with the foreign IPAM, then the executables under test.
  fileprivate var foreignPath: String { "\(directory["foreign-bin"]):\(executables)" }

  /// A configuration whose IPAM is a script that logs its calls.
  fileprivate func foreign(_ script: String) throws -> JSONObject {
    if plugin != .macvlan || node.link("nic0").isNull { try prepare() }
    let log = directory["log"]
    try writeProgram(
      "foreign-bin/foreign",
      """
      #!/bin/sh
      mkdir -p \(log)
      env > \(log)/$CNI_COMMAND.env
      cat > \(log)/$CNI_COMMAND.in
      \(script)
      """)
    return plain.with("ipam", ["type": "foreign", "some": "thing"])
  }

  /// Copies the program with another process. The test process forks for other cases meanwhile: a child would inherit a file that is
  /// open for writing, and such a file cannot be executed.
  fileprivate func writeProgram(_ name: String, _ text: String) throws {
    let draft = try directory.write("draft", text)
    try Command("install", "-D", "-m", "755", draft, directory[name]).require()
  }
}
