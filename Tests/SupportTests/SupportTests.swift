import Glibc
import JSON
import System
import TestSupport
import Testing

@Suite struct CommandTests {
  @Test func streamsAndStatusAreKeptApart() throws {
    var command = Command("sh", "-c", "cat; echo $A >&2; exit 3")
    (command.environment, command.input) = (["A": "b", "PATH": "/usr/bin:/bin"], Array("in".utf8))
    let output = try command.run()
    #expect(output.status == 3 && output.stdout == "in" && output.stderr == "b\n" && !output.succeeded)
    #expect(throws: Command.Failure.self) { try command.require() }
  }

  @Test func timeAndOutputAreBounded() throws {
    var command = Command("sh", "-c", "yes")
    command.limit = 10_000
    #expect(try command.run().cut == .tooMuchOutput)
    command = Command("sleep", "100")
    command.seconds = 1
    #expect(try command.run().cut == .tooLong)
  }

  @Test func whatIsNotThereIsTold() {
    #expect(throws: Command.Failure.self) { try Command("no-such-program").run() }
    #expect(try! Command("sh", "-c", "kill -9 $$").run().status == 137)
  }
}

@Suite(.needsRoot, .needs(program: "ip")) struct ScratchNamespaceTests {
  @Test func itIsGoneInEveryOutcome() throws {
    var path = ""
    #expect(throws: CancellationError.self) {
      try withNetworkNamespace { namespace in
        path = namespace.path
        #expect(access(path, F_OK) == 0)
        throw CancellationError()
      }
    }
    #expect(!path.isEmpty && access(path, F_OK) != 0)
  }

  @Test func programsAndThreadsEnterIt() throws {
    try withNetworkNamespace { namespace in
      let names = try namespace.json(.ip, "link", "show").array?.map { $0.object?["ifname"] }
      #expect(names == ["lo"])
      let inside = try namespace.visit { try NetworkNamespace.current().identity }
      #expect(try inside == NetworkNamespace(path: namespace.path).identity)
      #expect(try inside != NetworkNamespace.current().identity)
    }
  }

  @Test func aDumpSeesEveryChange() throws {
    try withNodeAndContainer { node, container in
      let before = try (NamespaceDump(node), NamespaceDump(container))
      let name = container.name
      try node.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", name)
      #expect(try NamespaceDump(node).difference(to: before.0).contains { $0.hasPrefix("- link: ") })
      #expect(try before.1.difference(to: NamespaceDump(container)).contains { $0.hasPrefix("+ link: ") })
      try node.run("ip", "link", "delete", "v0")
      #expect(try NamespaceDump(node) == before.0)
      #expect(try NamespaceDump(container) == before.1)
      for change in [
        ["ip", "address", "add", "10.0.0.1/8", "dev", "lo"], ["ip", "route", "add", "blackhole", "192.0.2.0/24"],
        ["ip", "rule", "add", "from", "192.0.2.1", "table", "7"],
      ] {
        let earlier = try NamespaceDump(node)
        try Command(change).require(in: node)
        #expect(try NamespaceDump(node) != earlier, "\(change)")
      }
    }
  }

  @Test(.needs(kernel: .bridge)) func aDumpDoesNotSeeTheCarrier() throws {
    try withNodeAndContainer { node, _ in
      try node.run("ip", "link", "add", "br0", "up", "type", "bridge")
      try node.run("ip", "link", "add", "v0", "up", "type", "veth", "peer", "name", "v1")
      try node.run("ip", "link", "set", "v1", "up")
      try node.run("ip", "link", "set", "v0", "master", "br0")
      let before = try NamespaceDump(node)
      try node.run("ip", "link", "set", "v1", "down")
      try wait(for: "br0 to lose its carrier") { try node.run("ip", "link", "show", "br0").contains("NO-CARRIER") }
      let bridge = [#""ifname":"br0""#, #""dev":"br0""#]
      #expect(try before.difference(to: NamespaceDump(node)).filter { line in bridge.contains { line.contains($0) } } == [])
    }
  }

  @Test(.needs(kernel: .nftables)) func aDumpSeesTheRuleset() throws {
    try withNetworkNamespace { namespace in
      let before = try NamespaceDump(namespace)
      try namespace.run("nft", "add", "table", "inet", "x")
      #expect(try before.difference(to: NamespaceDump(namespace)).contains("+ nft: table inet x {"))
    }
  }
}

@Suite struct PluginCallTests {
  /// A plugin that answers with what it was given, or fails.
  private let plugin = """
    #!/bin/sh
    [ "$CNI_COMMAND" != DEL ] || { printf '{"code":11,"msg":"busy","details":"later"}'; exit 1; }
    printf '{"id":"%s","path":"%s","in":%s}' "$CNI_CONTAINERID" "$CNI_PATH" "$(cat)"
    """

  @Test func answersAreDecoded() throws {
    try withTemporaryDirectory { directory in
      let file = try directory.write("plugin", plugin, mode: 0o755)
      let call = PluginCall(file, containerID: "c1", netns: nil, configuration: ["name": "n"])
      let answer = try call.run(on: nil).result()
      #expect(JSON.object(answer).text() == #"{"id":"c1","path":"/usr/lib/cni","in":{"name":"n"}}"#)
      let error = try call.with("DEL").run(on: nil).error()
      #expect(error.code == 11 && error.text == "busy; later")
      #expect(throws: Command.Failure.self) { try call.with("DEL").run(on: nil).result() }
      #expect(throws: Command.Failure.self) { try call.run(on: nil).error() }
    }
  }

  @Test func aTemporaryDirectoryListsAndGoes() throws {
    let path = try withTemporaryDirectory { directory in
      try directory.write("a/b", "x")
      #expect(directory.list() == ["a/", "a/b"])
      #expect(try directory.read("a/b") == "x")
      return directory.path
    }
    #expect(access(path, F_OK) != 0)
  }
}

@Suite struct WaitTests {
  @Test func aWaitInVainNamesWhatItWaitedFor() throws {
    let error = #expect(throws: WaitedInVain.self) { try wait(for: "a blue moon", atMost: 0) { false } }
    #expect(error?.description == "waited 0 s for a blue moon")
    var tries = 0
    try wait(for: "the third try") {
      tries += 1
      return tries == 3
    }
  }
}
