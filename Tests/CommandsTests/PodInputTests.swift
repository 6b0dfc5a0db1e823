import Foundation
import TestSupport
import Testing

@testable import Commands

/// Mistakes of a newcomer in the options about Pod and policy, and the answers.
@Suite struct PodInputTests {
  private let scratch: TemporaryDirectory
  private let policy: String

  init() throws {
    scratch = try TemporaryDirectory()
    policy = try scratch.write(
      "policy.yaml",
      "apiVersion: braid/v1\nkind: Policy\nnetworks: {a: {chain: [{type: bridge}]}}\nrules: [{name: r, attach: [{network: a}]}]\n"
    )
  }

  private func braidctl(_ arguments: [String], input: String = "") throws -> Command.Output {
    var command = Command([Products.braidctl] + arguments)
    command.input = Array(input.utf8)
    return try command.run()
  }

  /// An empty option is refused. It must not mean the namespace `default`: it usually comes from an empty variable of a script.
  @Test(arguments: ["explain", "render", "graph", "try"]) func emptyNames(_ command: String) throws {
    for option in ["--namespace", "--name"] {
      let output = try braidctl([command, policy, option, ""])
      #expect(output.status == 2 && output.stderr.contains("\(option) is empty"), "\(output)")
    }
  }

  @Test(arguments: ["explain", "render", "graph", "try"]) func stdinIsReadOnce(_ command: String) throws {
    let output = try braidctl([command, "-", "--pod", "-"], input: "kind: Pod\n")
    #expect(output.status == 2 && output.stderr.contains("not both"), "\(output)")
  }

  @Test func aManifestThatIsNotThere() throws {
    let path = scratch["nowhere.yaml"]
    let output = try braidctl(["explain", policy, "--pod", path])
    #expect(output.status == 3 && output.stderr.contains("the manifest cannot be read: open \(path): No such file"), "\(output)")
  }

  /// The refusal is about one Pod: others of the same policy may start.
  @Test func explainShowsWhatADelegateRefuses() throws {
    let text = try scratch.read("policy.yaml").replacing("{type: bridge}", with: "{type: bridge, vlan: 99999}")
    let output = try braidctl(["explain", "-", "--name", "x"], input: text)
    #expect(output.status == 1 && output.stdout.contains("The Pod is refused: "), "\(output)")
    #expect(output.stdout.contains("invalid VLAN ID 99999"), "\(output)")
  }

  /// The plugin would refuse the Pod, so no command may answer as if the Pod worked.
  @Test(arguments: ["render", "graph"]) func whatADelegateRefuses(_ command: String) throws {
    let text = try scratch.read("policy.yaml").replacing("{type: bridge}", with: "{type: bridge, vlan: 99999}")
    let output = try braidctl([command, "-", "--name", "x"], input: text)
    #expect(output.status == 1 && output.stdout.isEmpty && output.stderr.contains("BRD0202"), "\(output)")
  }

  @Test func listsAreWritten() throws {
    let directory = scratch["some/where"]
    for _ in 0..<2 {
      let output = try braidctl(["render", policy, "--name", "x", "--output", directory])
      #expect(output.status == 0 && output.stdout.contains("\(directory)/10-eth0-a.conflist"), "\(output)")
    }
    #expect(scratch.list("some/where") == ["10-eth0-a.conflist"])
    let output = try braidctl(["render", policy, "--name", "x", "--output", policy])
    #expect(output.status == 3 && output.stderr.contains("cannot be written to \(policy)"), "\(output)")
    mkdir(scratch["taken"], 0o755)
    mkdir(scratch["taken/10-eth0-a.conflist"], 0o755)
    #expect(try braidctl(["render", policy, "--name", "x", "--output", scratch["taken"]]).status == 3)
    #expect(scratch.list("taken") == ["10-eth0-a.conflist/"])
  }
}
