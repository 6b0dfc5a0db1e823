import Diagnostics
import Foundation
import Policy
import TestSupport
import Testing

@testable import Commands

/// Every directory of Imports has files to import, in the order of their names, and the expected output: `policy.yaml`, or `findings.txt`
/// for broken files.
@Suite struct ImportTests {
  static let directory = commandsTests.appending(path: "Imports")
  static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
  private static let answers = ["policy.yaml", "findings.txt"]

  /// Rules for imported files without a default network, whose output is only one file of a policy.
  private static let everyone = SourceFile(
    path: "rules.yaml",
    text: """
      apiVersion: braid/v1
      kind: Policy
      networks: {lo: {chain: [{type: loopback}]}}
      rules: [{name: everyone, attach: [{network: lo}]}]
      """)

  private func files(_ name: String) throws -> [SourceFile] {
    let directory = Self.directory.appending(path: name)
    return try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { !Self.answers.contains($0) }.sorted().map
    {
      SourceFile(path: $0, text: try String(contentsOf: directory.appending(path: $0), encoding: .utf8))
    }
  }

  @Test(arguments: cases.filter { !$0.hasPrefix("broken") }) func golden(_ name: String) throws {
    var findings = Findings()
    let text = try #require(Import.policy(from: files(name), &findings), "\(findings.sorted.map(\.oneLine))")
    try Golden.expect(text, equals: Self.directory.appending(path: "\(name)/policy.yaml"))
    #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 160 })
    let policy = SourceFile(path: "policy.yaml", text: text)
    let found = Validation.findings(in: text.contains("\nrules:") ? [policy] : [policy, Self.everyone])
    // A comment also says which networks no Pod gets.
    #expect(found.items.allSatisfy { $0.code == .unusedNetwork }, "\(found.sorted.map(\.oneLine))")
    #expect(found.isEmpty || text.contains("# No Pod gets this network yet"))
  }

  @Test(arguments: cases.filter { $0.hasPrefix("broken") }) func mistakes(_ name: String) throws {
    var findings = Findings()
    #expect(try Import.policy(from: files(name), &findings) == nil)
    try Golden.expect(Renderer().render(findings.sorted), equals: Self.directory.appending(path: "\(name)/findings.txt"))
  }

  /// Losses that change behaviour are counted on stderr. With --strict they are an error, and the policy is printed all the same.
  @Test func lossesAreCounted() throws {
    let network = Self.directory.appending(path: "openshift-network").path
    let objects = Self.directory.appending(path: "beside-other-objects").path
    let loss = "1 loss changes behaviour: see \"CHANGES BEHAVIOUR:\" in the comments of the policy\n"
    try withTemporaryDirectory { directory in
      let text = try String(contentsOfFile: network + "/cluster.yaml", encoding: .utf8)
      try directory.write(
        "a.yaml",
        text.replacing("\"ipMasq\":true", with: "\"macspoofchk\":true").replacing(
          "\"ipMasq\": true", with: "\"macspoofchk\": true"))
      let lax = try Command(Products.braidctl, "import", directory["a.yaml"]).run()
      #expect(lax.status == 0 && lax.stderr == "braidctl import: \(loss)", "\(lax)")
      let strict = try Command(Products.braidctl, "import", "--strict", directory["a.yaml"]).run()
      #expect(
        strict.status == 1 && strict.stderr == "braidctl import: error: \(loss)" && strict.stdout == lax.stdout, "\(strict)")
      let passed = try Command(Products.braidctl, "import", objects + "/all.yaml").run()
      let kinds = "1 CustomResourceDefinition, 1 ConfigMap, 2 Pod, 1 MultiNetworkPolicy"
      #expect(
        passed.stderr == "braidctl import: passed over, because import only takes networks: \(kinds)\nbraidctl import: \(loss)")
      let good = Self.directory.appending(path: "flannel/10-flannel.conflist").path
      #expect(try Command(Products.braidctl, "import", "--strict", good).run().status == 0)
    }
  }

  /// Thousands of definitions in one file take little time: definitions of different names are not compared.
  @Test func manyDefinitions() throws {
    let text = (0..<3000).map { i in
      """
      kind: NetworkAttachmentDefinition
      metadata: {name: lan\(i), namespace: ns\(i % 7)}
      spec: {config: '{"cniVersion": "1.0.0", "type": "macvlan", "master": "eth1", "ipam": {"type": "dhcp"}}'}
      """
    }.joined(separator: "\n---\n")
    var findings = Findings()
    let policy = try #require(Import.policy(from: [SourceFile(path: "nads.yaml", text: text)], &findings))
    #expect(policy.components(separatedBy: "type: macvlan").count == 3001)
    #expect(Import.mistakes(in: policy).isEmpty)
  }

  /// docs/moving-from-multus.md explains every key of Multus.
  @Test func everyKeyOfMultusIsOnItsPage() throws {
    let page = try String(contentsOfFile: Products.repository + "/docs/moving-from-multus.md", encoding: .utf8)
    for key in MultusKeys.read.union(MultusKeys.notes.keys).sorted() { #expect(page.contains("`\(key)`"), "\(key)") }
  }

  @Test func thereAreEnough() { #expect(Self.cases.count >= 12) }

  /// Any text that is written as YAML can be read back unchanged.
  @Test(arguments: [
    "", "a", "10.1.0.0/16", "1.0", "1.0.0", "0x10", "yes", "Null", "~", "- a", "a: b", "#", "a #b", "\"", "\\", "a\nb", "\u{7f}",
    "\u{2028}",
    "\u{feff}", "é", "日本", "😀", "{", "fd00::/64", "10:20", "02:00:00:00:00:01", "_a", " a", "a ", "/x", ".5", "=", "<<",
    "\u{202e}", "1e5",
  ]) func scalars(_ text: String) throws {
    var findings = Findings()
    let policy = """
      apiVersion: braid/v1
      kind: Policy
      networks: {a: {chain: [{type: mine, \(YAMLText.scalar("k" + text)): [\(YAMLText.scalar(text))]}]}}
      rules: [{name: a, attach: [{network: a}]}]
      """
    let read = Policy.read([SourceFile(path: "p", text: policy)], checks: .errors, &findings)
    let member = try #require(
      read?.networks[0].chain[0].configuration.members.last, "\(findings.sorted.map(\.oneLine)) \(policy)")
    #expect(member.name == "k" + text && member.value == [.string(text)])
  }

  @Test func exitStatus() throws {
    try withTemporaryDirectory { directory in
      let good = Self.directory.appending(path: "flannel/10-flannel.conflist").path
      let bad = try directory.write("bad.conf", "{}")
      for (arguments, status) in [([good], 0), ([bad], 1), ([good, bad], 1), ([directory["none"]], 3), ([], 2)]
        as [([String], Int32)]
      {
        let output = try Command([Products.braidctl, "import"] + arguments).run()
        #expect(output.status == status, "\(output)")
        #expect(status == 0 ? output.stderr.isEmpty : output.stdout.isEmpty && !output.stderr.isEmpty, "\(output)")
      }
      // The plugin of the conflist would refuse this value. The policy is printed for correction, and the finding has its place there.
      let wrong = try directory.write("wrong.conf", #"{"cniVersion":"1.0.0","name":"a","type":"bridge","mtu":12}"#)
      let refused = try Command(Products.braidctl, "import", wrong).run()
      #expect(refused.status == 1 && refused.stdout.contains("mtu: 12") && refused.stderr.contains("--> <stdout>:"), "\(refused)")
      let whole = try Command(Products.braidctl, "import", Self.directory.appending(path: "multus-isolated").path).run()
      #expect(whole.status == 1 && whole.stderr.contains("Policy"), "\(whole)")
      try FileManager.default.removeItem(atPath: bad)
      try FileManager.default.removeItem(atPath: wrong)
      try FileManager.default.copyItem(atPath: good, toPath: directory["10-flannel.conflist"])
      try directory.write("notes.txt", "not read")
      #expect(try Command(Products.braidctl, "import", directory.path).run().stdout.contains("type: flannel"))
      var command = Command([Products.braidctl, "import", "-"])
      command.input = Array(try String(contentsOfFile: good, encoding: .utf8).utf8)
      #expect(try command.run().stdout.contains("from <stdin>"))
    }
  }
}
