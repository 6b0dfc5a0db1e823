import Foundation
import JSON
import TestSupport
import Testing

/// Plugins of a chain that refuse ADD, DEL or both. No container may become impossible to delete.
@Suite(.needsRoot, .needs(kernel: .bridge)) struct RefusalTests {
  /// A lab whose only network is a bridge and then a plugin `moody`. It fails at the operations whose files exist, in the way that the
  /// file says.
  private struct Moody {
    let lab: Lab

    init(_ chain: String = "{type: moody}", networks more: String = "") throws {
      lab = try Lab(
        "rules: [{name: all, attach: [{network: pods}, {network: odd}]}]",
        networks: Lab.networks + "\n  odd: {chain: [\(Self.bridge), \(chain)]}\n" + more)
      for name in ["moody", "gloomy"] {
        let script = """
          #!/bin/sh
          input=$(cat)
          [ ! -e DIR/\(name).$CNI_COMMAND ] || . DIR/\(name).$CNI_COMMAND
          [ $CNI_COMMAND != ADD ] || printf %s "$input" | jq .prevResult
          """
        try lab.directory.write(
          "bin/\(name)", script.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
      }
    }

    static let bridge =
      #"{type: bridge, bridge: br-odd, ipam: {type: host-local, dataDir: "DIR/ipam", subnet: 10.9.0.0/24}}"#

    func fail(_ command: String, _ how: String = refusal, of name: String = "moody") throws {
      try lab.directory.write("\(name).\(command)", how + "\n")
    }

    func heal(_ command: String, of name: String = "moody") throws {
      try Command("rm", lab.directory["\(name).\(command)"]).require()
    }

    func call(_ id: String, _ pod: ScratchNamespace?) -> PluginCall {
      var call = lab.call(id, pod)
      call.path = lab.directory["bin"]
      return call
    }

    /// Moves the times in a record back, as if that much time had passed.
    func age(_ id: String, seconds: Int, tries: Int? = nil) throws {
      let file = "state/unfinished/\(id)@eth0.json"
      var record = try #require(try JSON(parsing: Array(lab.directory.read(file).utf8)).object)
      var failed = try #require(record["failedUndo"]?.object)
      failed["since"] = JSON(try #require(failed["since"]?.int) - seconds)
      if let tries { failed["tries"] = JSON(tries) }
      record["failedUndo"] = .object(failed)
      try lab.directory.write(file, JSON.object(record).text(), mode: 0o600)
      try Command("touch", "-d", "@\(Int(Date().timeIntervalSince1970) - seconds)", lab.directory[file]).require()
    }
  }

  private static let refusal = #"echo '{"code": 100, "msg": "not today"}'; exit 1"#
  private static let moods = [refusal, "exit 3", "kill -9 $$", "echo nonsense; exit 1", #"echo '{"code": "x"}'; exit 1"#]

  /// Such a plugin has made nothing that Braid could know of. So the failed ADD leaves nothing, and DEL has nothing to do.
  @Test(arguments: moods) func aPluginThatRefusesAddAndDelIsLetGo(_ mood: String) throws {
    let (moody, pod) = (try Moody(), try ScratchNamespace())
    let before = (try NamespaceDump(moody.lab.node), try NamespaceDump(pod))
    for command in ["ADD", "DEL"] { try moody.fail(command, mood) }
    let error = try moody.call("c1", pod).run(on: moody.lab.node).error()
    #expect(error.text.contains("network \"odd\" (interface net1): moody: its DEL failed too ("), "\(error)")
    #expect(error.text.contains("its ADD never succeeded") && !error.text.contains("not undone"), "\(error)")
    try expectNoChange(before.0, moody.lab.node)
    try expectNoChange(before.1, pod)
    #expect(moody.lab.left == [])
    #expect(try moody.call("c1", pod).with("DEL").run(on: moody.lab.node).result() == [:])
    try moody.heal("ADD")
    _ = try moody.call("c1", pod).run(on: moody.lab.node).result()
  }

  /// The IPAM plugin of a built-in plugin counts as its own plugin does: `dhcp` without its daemon refuses both.
  @Test func anIPAMPluginThatRefusesAddAndDelIsLetGo() throws {
    let moody = try Moody(
      "{type: moody}", networks: "  leased: {chain: [{type: bridge, bridge: br-leased, ipam: {type: gloomy}}]}\n")
    try moody.lab.setPolicy(
      try moody.lab.directory.read("policy.yaml").replacingOccurrences(of: "{network: odd}", with: "{network: leased}"))
    for command in ["ADD", "DEL"] { try moody.fail(command, of: "gloomy") }
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(moody.lab.node), try NamespaceDump(pod))
    #expect(try moody.call("c1", pod).run(on: moody.lab.node).error().text.contains("its DEL failed too"))
    try expectNoChange(before.0, moody.lab.node)
    try expectNoChange(before.1, pod)
    #expect(moody.lab.left == [])
  }

  /// A plugin that has not run yet gets no DEL, so it cannot refuse it.
  @Test func aPluginThatNeverRanIsNotAsked() throws {
    let (moody, pod) = (try Moody("{type: moody}, {type: gloomy}"), try ScratchNamespace())
    try moody.fail("ADD")
    try moody.fail("DEL", "touch \(moody.lab.directory["called"]); " + Self.refusal, of: "gloomy")
    let error = try moody.call("c1", pod).run(on: moody.lab.node).error()
    #expect(!error.text.contains("gloomy") && !FileManager.default.fileExists(atPath: moody.lab.directory["called"]))
    #expect(moody.lab.left == [])
  }

  /// A plugin that has succeeded at ADD must be undone. Only its part is tried again.
  @Test func aPluginThatSucceededAndRefusesDelIsTriedAgain() throws {
    let (moody, pod) = (try Moody("{type: gloomy}, {type: moody}"), try ScratchNamespace())
    let before = (try NamespaceDump(moody.lab.node), try NamespaceDump(pod))
    try moody.fail("ADD")
    try moody.fail("DEL", of: "gloomy")
    let error = try moody.call("c1", pod).run(on: moody.lab.node).error()
    #expect(error.text.contains("not undone: network \"odd\" (interface net1): gloomy: not today"), "\(error)")
    // All other parts are gone.
    try expectNoChange(before.0, moody.lab.node)
    try expectNoChange(before.1, pod)
    #expect(moody.lab.left == ["c1@eth0.json"])
    #expect(try moody.call("c1", pod).with("DEL").run(on: moody.lab.node).error().text.contains("gloomy: not today"))
    try moody.heal("DEL", of: "gloomy")
    #expect(try moody.call("c1", pod).with("DEL").run(on: moody.lab.node).result() == [:])
    #expect(moody.lab.left == [])
  }

  /// Ten tries and ten minutes, whichever comes last.
  @Test(arguments: ["DEL", "GC", "ADD"]) func afterTheBoundTheRecordGoesWithALoudWord(_ command: String) throws {
    let (moody, pod) = (try Moody(), try ScratchNamespace())
    func run() throws -> PluginAnswer {
      var call = moody.call("c1", pod).with(command)
      if command == "GC" {
        call.stdin = moody.lab.call("c1", pod, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]).stdin
      }
      return try call.run(on: moody.lab.node)
    }
    _ = try moody.call("c1", pod).run(on: moody.lab.node).result()
    try moody.fail("DEL")
    #expect(try moody.call("c1", pod).with("DEL").run(on: moody.lab.node).error().text.contains("not today"))
    // Neither bound alone is enough.
    try moody.age("c1", seconds: 3600)
    #expect(try run().error().text.contains("not today"))
    try moody.age("c1", seconds: -3600, tries: 100)
    #expect(try run().error().text.contains("not today"))
    #expect(moody.lab.left == ["c1@eth0.json"])
    try moody.age("c1", seconds: 601, tries: 9)
    let answer = try run()
    #expect(answer.succeeded, "\(answer)")
    for word in ["container c1", "given up after 10 failed tries", "moody: not today"] {
      #expect(answer.output.stderr.contains(word), "\(word) in \(answer.output.stderr)")
    }
    #expect(moody.lab.directory.list("state/unfinished") == [])
  }

  /// containerd never calls GC. So the ADD of another Pod tries again, if the namespace of the first is gone.
  @Test func anotherPodsAddTriesAgain() throws {
    let (moody, one, two) = (try Moody(), try ScratchNamespace(), try ScratchNamespace())
    _ = try moody.call("c1", one).run(on: moody.lab.node).result()
    try moody.fail("DEL")
    _ = try moody.call("c1", one).with("DEL").run(on: moody.lab.node).error()
    try moody.heal("DEL")
    try moody.age("c1", seconds: 100)
    func add() throws {
      _ = try moody.call("c2", two).run(on: moody.lab.node).result()
      #expect(try moody.call("c2", two).with("DEL").run(on: moody.lab.node).result() == [:])
    }
    // The namespace lives, so its DEL will come.
    try add()
    #expect(moody.lab.left == ["c1@eth0.json"])
    one.remove()
    // It has been tried a moment ago.
    try moody.age("c1", seconds: -100)
    try add()
    #expect(moody.lab.left == ["c1@eth0.json"])
    try moody.age("c1", seconds: 100)
    try add()
    #expect(moody.lab.left == [])
  }

  // MARK: - What DEL reads

  /// What Braid takes of CNI_ARGS its own plugins take, and what they would refuse is refused before anything is written.
  @Test(
    arguments: [
      ("TOKEN=YWJj==", nil), ("K8S_POD_NAME=web;EXTRA=a=b", nil), ("IgnoreUnknown=perhaps;A=b", nil), ("IP=", nil), ("MAC=", nil),
      ("IP=300.1.1.1", "300.1.1.1"), ("K8S_POD_NAME=web;IP=10.244.7.5,10.244.7.6", "10.244.7.5,10.244.7.6"), ("MAC=zz", "zz"),
      ("JUNK", "JUNK"),
    ] as [(String, String?)])
  func argumentsAreJudgedBeforeAnythingIsDone(_ args: String, _ fault: String?) throws {
    let (lab, pod) = (try Lab("rules: [{name: all, attach: [{network: pods}]}]"), try ScratchNamespace())
    var call = lab.call("c1", pod)
    call.args = args
    if let fault {
      let error = try call.run(on: lab.node).error()
      #expect(error.code == 4 && error.text.contains("ARGS") && error.text.contains(fault), "\(error)")
      #expect(lab.left == [] && lab.directory.list("state/unfinished") == [])
    } else {
      _ = try call.run(on: lab.node).result()
    }
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// DEL needs the state directory and the record. Whatever else somebody has mistyped since the ADD must not keep a Pod.
  @Test(
    arguments: [
      ["policy": 5], ["policy": "relative"], ["timeLimit": 0], ["timeLimit": "x"], ["cniVersion": "9.9"], ["cniVersion": 7],
      ["name": "a/b"],
      ["name": 1], ["type": 2], ["prevResult": "x"], ["runtimeConfig": 1], ["capabilities": 1], ["args": [1]], ["plugins": []],
      ["cni.dev/valid-attachments": 3],
    ] as [JSONObject])
  func delNeedsNothingElseToBeRight(_ keys: JSONObject) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    var call = lab.call("c1", pod, keys: keys).with("DEL")
    call.args = "JUNK"
    call.path = "::relative:"
    #expect(try call.run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  @Test func withoutTheStateDirectoryDelSaysSo() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    for value in [5, "relative"] as [JSON] {
      let error = try lab.call("c1", pod, keys: ["stateDir": value]).with("DEL").run(on: lab.node).error()
      #expect(error.code == 7 && error.text.contains("stateDir"), "\(error)")
    }
    #expect(lab.left.contains("c1@eth0.json"))
  }
}
