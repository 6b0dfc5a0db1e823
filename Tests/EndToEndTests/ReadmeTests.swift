import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Does what the README says, and compares the outcome with its promises.
@Suite(.serialized) struct ReadmeTests {
  private let readme: String

  init() throws { readme = try String(contentsOfFile: Products.repository + "/README.md", encoding: .utf8) }

  /// The first block of a language that holds a text.
  private func block(_ language: String, with text: String) throws -> String {
    let blocks = readme.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    return try #require(blocks.first { $0.contains(text) })
  }

  @Test(.needsRoot, .needs(kernel: .macvlan)) func itsPolicyGivesWhatItShows() throws {
    let policy = try block("yaml", with: "kind: Policy")
    let lab = try Lab("", networks: policy.replacing("{type: host-local,", with: "{type: host-local, dataDir: \"DIR/ipam\","))
    let list = try JSON(parsing: block("json", with: "\"plugins\""))
    var plugin = try #require(list["plugins", 0]?.object)
    plugin["policy"] = .string(lab.directory["policy.yaml"])
    plugin["cniVersion"] = list["cniVersion"]
    plugin["name"] = list["name"]
    try withNetworkNamespace { container in
      var call = lab.call("c1", container, keys: plugin)
      call.args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=db;K8S_POD_NAME=postgres-0"
      let answer = JSON.object(try call.run(on: lab.node).result())
      let shown = try JSON(parsing: block("json", with: "\"ips\""))
      #expect(try shownPart(of: answer) == shownPart(of: shown))
      #expect(try #require(answer["interfaces"]?.array).filter { $0["sandbox"] != nil }.count == 2)
      #expect(answer["routes"] == shown["routes"])
      _ = try call.with("DEL").run(on: lab.node).result()
      #expect(lab.left == [])
    }
  }

  /// The runtime's file is what `braidctl render` prints for the policy.
  @Test func itsConflistIsTheRenderedOne() throws {
    let policy = try block("yaml", with: "kind: Policy")
    try withTemporaryDirectory { directory in
      let output = try Command(Products.braidctl, "render", "--runtime-conflist", directory.write("policy.yaml", policy)).run()
      let shown = try block("json", with: "\"plugins\"")
      #expect(
        output.succeeded && output.stdout == shown.replacing("/etc/braid/policy.yaml", with: directory["policy.yaml"]) + "\n")
      let found = try Command(Products.braidctl, "validate", "--fail-on", "warning", directory["policy.yaml"]).run()
      #expect(found.succeeded, "\(found)")
    }
  }

  /// A Pod on a bridge reaches itself through its own Service only with hairpin mode.
  @Test(arguments: [
    "README.md", "docs/policy.md", "docs/tutorial.md", "docs/braidctl.md", "examples/dual-stack.yaml", "examples/telco.yaml",
  ])
  func bridgesOfPodsHaveHairpinMode(_ file: String) throws {
    let text = try String(contentsOfFile: "\(Products.repository)/\(file)", encoding: .utf8)
    let entries = text.components(separatedBy: "- type: ").dropFirst().filter {
      $0.hasPrefix("bridge\n") && $0.contains("bridge: br-pods")
    }
    #expect(entries.allSatisfy { $0.prefix(300).contains("hairpinMode: true") }, "\(entries)")
  }

  /// Each address with its interface's name and its gateway. Indices are left out, because the README omits the host's ends.
  private func shownPart(of result: JSON) throws -> [[String?]] {
    try #require(result["ips"]?.array).map { ip in
      let index = try #require(ip["interface"]?.int)
      return [result["interfaces", index, "name"], ip["address"], ip["gateway"]].map { $0?.string }
    }
  }

  @Test(.needsRoot, .needs(kernel: .bridge), arguments: ["macspoofchk"])
  func whatIsNotThereIsRefusedByName(_ key: String) throws {
    try #require(readme.contains("`\(key): true`"))
    let lab = try Lab(networks: Lab.networks.replacing("isDefaultGateway: true", with: "\(key): true"))
    try withNetworkNamespace { container in
      let error = try lab.call("c1", container).run(on: lab.node).error()
      #expect(error.code == 2 && error.text.contains(key), "\(error)")
      #expect(lab.left == [])
    }
  }

  @Test(.needs(program: "install")) func installReplacesWhatRuns() throws {
    try withTemporaryDirectory { directory in
      let target = directory["cni/bin"]
      let install = Command(Products.repository + "/scripts/install.sh", Products.braid, target, "bridge", "host-local")
      try install.require()
      try install.require()
      #expect(directory.list("cni/bin") == ["braid", "bridge", "host-local"])
      for name in ["bridge", "host-local"] {
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(target)/\(name)") == "braid")
        var call = PluginCall("\(target)/\(name)", containerID: nil, netns: nil, configuration: ["cniVersion": "1.0.0"])
        call.command = "VERSION"
        #expect(try call.run(on: nil).result()["cniVersion"]?.string == "1.1.0")
      }
      // A running program cannot be written to ("text file busy"). It can be replaced, and goes on running.
      try Command(
        "sh", "-euc", "rm $1/braid; cp $(command -v sleep) $1/braid; $1/braid 100 & shift; \"$@\" && kill $!", "-", target,
        install.arguments[0], Products.braid, target
      ).require()
    }
  }

  @Test(.needsRoot, .needs(kernel: .macvlan), .needs(program: "jq"), .needs(program: "ping")) func theDemoHolds() throws {
    let output = try demo()
    #expect(output.succeeded, "\(output)")
    let proofs = try #require(output.stdout.firstMatch(of: /(\d+) of (\d+) proofs hold/))
    #expect(proofs.1 == proofs.2 && Int(proofs.1)! >= 30)
    try expectNothingLeft(output)
  }

  @Test(.needsRoot, .needs(kernel: .macvlan), .needs(program: "jq"), .needs(program: "ping"))
  func aDemoThatFailsSaysSoAndCleansUp() throws {
    try withTemporaryDirectory { directory in
      let example = try String(contentsOfFile: Products.repository + "/examples/three-networks.yaml", encoding: .utf8)
      let policy = try directory.write("policy.yaml", example.replacing("master: eth1", with: "master: eth9"))
      let output = try demo(policy)
      #expect(output.status == 1 && output.stdout.contains("failed:") && output.stdout.contains("eth9"), "\(output)")
      try expectNothingLeft(output)
    }
  }

  private func demo(_ policy: String...) throws -> Command.Output {
    var command = Command([Products.repository + "/scripts/demo.sh", Products.braid] + policy)
    command.environment = ProcessInfo.processInfo.environment
    return try command.run()
  }

  /// The demo names its namespaces after its process.
  private func expectNothingLeft(_ output: Command.Output) throws {
    let own = try #require(output.stdout.firstMatch(of: /namespaces: (braid-demo-\d+-)/)).1
    let all = try FileManager.default.contentsOfDirectory(atPath: "/run/netns")
    #expect(all.filter { $0.hasPrefix(own) } == [])
  }
}
