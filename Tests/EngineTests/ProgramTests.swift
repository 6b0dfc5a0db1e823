import CNI
import JSON
import TestSupport
import Testing

@testable import Engine

/// The programs in this process, up to the one way out.
@Suite struct ProgramTests {
  private let bridge = #"{"cniVersion":"1.0.0","name":"net","type":"bridge","bridge":"br0"}"#

  @Test(arguments: ["braid", "bridge", "host-local", "whatever"]) func version(_ name: String) throws {
    let answered = try EngineBench().run(as: name, [.command: "VERSION"], stdin: "")
    guard case .result(let json) = answered.answer else {
      Issue.record("\(answered.answer)")
      return
    }
    #expect(json.object?["supportedVersions"]?.array?.count == SpecVersion.allCases.count)
    #expect(answered.report.operation == .version && answered.report.failure == nil)
  }

  @Test func theReportKnowsARefusal() throws {
    let bench = try EngineBench()
    let answered = bench.run(bench.variables("ADD"), stdin: "[")
    #expect(answered.error?.code == 6 && answered.report.failure == answered.error)
    #expect(answered.report.operation == .add && answered.report.containerID?.text == "c1")
    #expect(answered.report.interface?.text == "eth0" && answered.report.delegates.isEmpty)
  }

  /// The policy can do nothing about a runtime that asks for `lo`. DEL of it has nothing to do.
  @Test func theLoopbackIsRefusedByTheVariablesName() throws {
    let bench = try EngineBench()
    var variables = bench.variables("ADD")
    variables[.ifName] = "lo"
    let stdin = JSON.object(bench.configuration()).text()
    let error = bench.run(variables, stdin: stdin).error
    #expect(error?.code == 4 && error?.msg.hasPrefix("CNI_IFNAME is \"lo\"") == true)
    variables[.command] = "DEL"
    #expect(bench.run(variables, stdin: stdin).error == nil)
  }

  /// Only an interface that bears no mark of Braid was not made by Braid.
  @Test(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) func whoMadeAnInterfaceIsTold() throws {
    let policy = "networks: {pods: {chain: [{type: bridge, bridge: br0}]}}\nrules: [{name: all, attach: [{network: pods}]}]"
    try withNodeAndContainer { node, container in
      let bench = try EngineBench(policy)
      let stdin = JSON.object(bench.configuration()).text()
      func add(_ id: String) throws -> ErrorObject? {
        try node.visit { bench.run(bench.variables("ADD", netns: container.path, id: id), stdin: stdin).error }
      }
      #expect(try add("c1") == nil)
      #expect(try add("c2")?.msg.contains("which another ADD of Braid made") == true)
      #expect(try node.visit { bench.run(bench.variables("DEL", netns: container.path), stdin: stdin).error } == nil)
      try container.run("ip", "link", "add", "name", "eth0", "type", "veth", "peer", "name", "x")
      #expect(try add("c2")?.msg.contains("that Braid did not make") == true)
    }
  }

  @Test func belowBraidThereIsNoBraid() throws {
    let bench = try EngineBench()
    let stdin = JSON.object(bench.configuration()).text()
    #expect(bench.run(bench.variables("ADD"), stdin: stdin, isBelowBraid: true).error?.code == 7)
  }

  @Test(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) func theReportTellsEachDelegatesTime() throws {
    let policy = """
      networks:
        pods: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, dataDir: "DIR/ipam", subnet: 10.1.0.0/16}}]}
        more: {chain: [{type: bridge, bridge: br1}]}
      rules: [{name: all, attach: [{network: pods}, {network: more}]}]
      """
    try withNodeAndContainer { node, container in
      let bench = try EngineBench(policy)
      let stdin = JSON.object(bench.configuration()).text()
      let variables = bench.variables("ADD", netns: container.path, args: "K8S_POD_NAME=web;K8S_POD_NAMESPACE=shop")
      let added = try node.visit { bench.run(variables, stdin: stdin) }
      #expect(added.error == nil && added.stdout.contains("10.1.0.2/16"))
      let report = added.report
      #expect(report.pod?.name == "web" && report.pod?.namespace == "shop" && report.networks.map(\.text) == ["pods", "more"])
      #expect(report.delegates.map { "\($0.operation) \($0.network) \($0.type)" } == ["add pods bridge", "add more bridge"])
      #expect(report.delegates.allSatisfy { $0.duration > .zero && !$0.hasFailed })
      #expect(report.delegates.reduce(.zero) { $0 + $1.duration } < report.duration)
      let deleted = try node.visit { bench.run(bench.variables("DEL", netns: container.path), stdin: stdin) }
      #expect(deleted.error == nil)
      #expect(deleted.report.delegates.map { "\($0.operation) \($0.network)" } == ["del more", "del pods"])
    }
  }

  /// Nobody reads the answer. Everything is undone, and the report has the ADD and the undo.
  @Test(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge), arguments: ["braid", "bridge"])
  func aResultThatNobodyReadsIsUndone(_ name: String) throws {
    let policy = "networks: {pods: {chain: [{type: bridge, bridge: br0}]}}\nrules: [{name: all, attach: [{network: pods}]}]"
    try withNodeAndContainer { node, container in
      let bench = try EngineBench(policy)
      let stdin = name == "braid" ? JSON.object(bench.configuration()).text() : bridge
      let answered = try node.visit {
        bench.run(as: name, bench.variables("ADD", netns: container.path), stdin: stdin, isRead: false)
      }
      #expect(answered.error?.msg.contains("could not be written") == true)
      #expect(try container.run("ip", "-br", "link").split(separator: "\n").count == 1)
      #expect(bench.directory.list("state/records").isEmpty)
    }
  }

  /// If an ADD fails and its undo fails too, the error reports both. The plugin that succeeded is tried again, the other one is not.
  @Test(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) func whatUndoLeavesIsToldBesideTheCause() throws {
    let policy = """
      networks: {pods: {chain: [{type: bridge, bridge: br0}, {type: faithless}, {type: stubborn}]}}
      rules: [{name: all, attach: [{network: pods}]}]
      """
    try withNodeAndContainer { node, container in
      let bench = try EngineBench(policy)
      let stubborn = """
        #!/bin/sh
        cat >/dev/null
        echo "{\\"code\\": 102, \\"msg\\": \\"$CNI_COMMAND refused\\"}"
        exit 1
        """
      try bench.directory.write("stubborn", stubborn, mode: 0o755)
      try bench.directory.write("faithless", "#!/bin/sh\ncat\n[ $CNI_COMMAND = ADD ] || exit 7\n", mode: 0o755)
      let answered = try node.visit {
        bench.run(bench.variables("ADD", netns: container.path), stdin: JSON.object(bench.configuration()).text())
      }
      let error = try #require(answered.error)
      #expect(error.code == 102 && error.msg == "network \"pods\" (interface eth0): stubborn: ADD refused")
      #expect(
        error.details
          == "not undone: network \"pods\" (interface eth0): faithless: plugin \"faithless\" ended with status 7 and without an error message; "
          + "network \"pods\" (interface eth0): stubborn: its DEL failed too (DEL refused): it will not be called again, because its ADD "
          + "never succeeded")
      #expect(answered.report.delegates.filter(\.hasFailed).map(\.operation) == [.add, .del, .del])
      #expect(bench.directory.list("state/records").isEmpty && bench.directory.list("state/unfinished") == ["c1@eth0.json"])
    }
  }
}
