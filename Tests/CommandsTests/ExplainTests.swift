import Diagnostics
import Foundation
import NetworkTypes
import Policy
import TestSupport
import Testing

@testable import Commands

@Suite struct ExplainTests {
  private static let folder = commandsTests.appending(path: "Explain")

  private func policy(_ text: String) throws -> Policy {
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings)
    return try #require(policy, "\(findings.sorted.map(\.oneLine))")
  }

  private func explanation(_ options: [String]) throws -> Explanation {
    let text = try String(contentsOf: Self.folder.appending(path: "policy.yaml"), encoding: .utf8)
    return Explanation(try policy(text), try PodOptions.parse(options).described())
  }

  private func manifest(_ text: String) throws -> PodDescription {
    let scratch = try TemporaryDirectory()
    return try PodOptions.parse(["--pod", try scratch.write("pod.yaml", text)]).described()
  }

  private static let pods: [(String, [String])] = [
    ("statefulset", ["--pod", folder.appending(path: "statefulset.yaml").path]),
    ("nobody", ["--namespace", "shop", "--name", "a1"]),
    (
      "not-granted",
      [
        "--namespace", "web", "--annotation", "tier=front", "--annotation", "x=", "--annotation",
        "k8s.v1.cni.cncf.io/networks=storage",
      ]
    ),
    (
      "gateway",
      [
        "--namespace", "db", "--name", "postgres-9", "--annotation",
        #"k8s.v1.cni.cncf.io/networks=[{"name":"storage","default-route":["192.168.40.1"]}]"#,
      ]
    ),
  ]

  @Test(arguments: pods.indices) func golden(_ i: Int) throws {
    let (name, options) = Self.pods[i]
    let explanation = try explanation(options)
    try Golden.expect(explanation.text, equals: Self.folder.appending(path: "\(name).txt"))
    try Golden.expect(explanation.json.text(pretty: true) + "\n", equals: Self.folder.appending(path: "\(name).json"))
  }

  @Test(arguments: [
    ("Deployment", "spec: {template: {metadata: {annotations: {a: b}}}}", "web-5d8c7f9b64-x7k2p"),
    ("DaemonSet", "spec: {template: {metadata: {annotations: {a: b}}}}", "web-x7k2p"),
    ("StatefulSet", "spec: {template: {metadata: {annotations: {a: b}}}}", "web-0"),
    ("Job", "spec: {template: {metadata: {annotations: {a: b}}}}", "web-x7k2p"),
    ("ReplicaSet", "spec: {template: {metadata: {annotations: {a: b}}}}", "web-x7k2p"),
    ("CronJob", "spec: {jobTemplate: {spec: {template: {metadata: {annotations: {a: b}}}}}}", "web-29384756-x7k2p"),
  ])
  func workloads(_ kind: String, _ spec: String, _ name: String) throws {
    let found = try manifest("kind: \(kind)\nmetadata: {name: web, namespace: shop, annotations: {not: this}}\n\(spec)\n")
    #expect(found.pod.name == name && found.pod.namespace == "shop" && found.pod.annotations == ["a": "b"])
    #expect(found.assumptions.map(\.isAboutName) == [true])
  }

  @Test func aPodItself() throws {
    let found = try manifest("kind: Pod\nmetadata: {name: p, annotations: {n: 1, t: true}, labels: {l: x}}\n")
    #expect(found.pod.name == "p" && found.pod.namespace == "default" && found.pod.annotations == ["n": "1", "t": "true"])
    #expect(found.pod.labels == [:] && found.hasUnseenLabels)
    let listed = try manifest("kind: List\nitems:\n- kind: Service\n- {kind: Pod, metadata: {generateName: p-, namespace: n}}\n")
    #expect(listed.pod.name == "p-x7k2p" && listed.pod.namespace == "n")
  }

  @Test func optionsWin() throws {
    let file = Self.folder.appending(path: "statefulset.yaml").path
    let found = try PodOptions.parse(["--pod", file, "--namespace", "n", "--name", "x", "--annotation", "a=b=c", "--arg", "K=V"])
      .described()
    #expect(found.pod.namespace == "n" && found.pod.name == "x" && found.assumptions.isEmpty)
    #expect(found.pod.annotations["a"] == "b=c" && found.pod.annotations.count == 2 && found.pod.otherArguments == ["K": "V"])
  }

  @Test(arguments: [
    ("kind: Service\n", Commands.ExitStatus.findings), ("kind: Pod\n---\nkind: Job\n", .findings), ("", .findings),
    ("a: [\n", .findings), ("[1]\n", .findings),
  ])
  func manifestsThatAreNoHelp(_ text: String, _ status: Commands.ExitStatus) throws {
    #expect(throws: status) { try manifest(text) }
  }

  /// Anybody may have written a manifest, so its names may contain control characters.
  @Test func nothingOfAManifestIsObeyedByTheTerminal() throws {
    let text =
      #"{kind: Pod, metadata: {name: "a\e[31m", namespace: "b\u009b\u202e", annotations: {"k8s.v1.cni.cncf.io/networks": "\a"}}}"#
    let rules = "rules: [{name: r, match: {pods: [x]}, attach: [{network: a}]}]\n"
    let head = "apiVersion: braid/v1\nkind: Policy\nnetworks: {a: {chain: [{type: bridge}]}}\n"
    let explained = Explanation(try policy(head + rules), try manifest(text)).text
    #expect(explained.contains(#"Pod b\u{9b}\u{202e}/a\u{1b}[31m"#))
    let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 && scalar != "\n" || [0x9b, 0x202e].contains(scalar.value) }
    #expect(!explained.unicodeScalars.contains(where: isControl))
    let scratch = try TemporaryDirectory()
    let several = try scratch.write("pods.yaml", text + "\n---\n" + text)
    let output = try Command(
      Products.braidctl, "explain", Self.folder.appending(path: "policy.yaml").path, "--pod", several
    ).run()
    #expect(output.status == 1 && output.stderr.contains("several workloads") && !output.stderr.contains("\u{1b}"), "\(output)")
  }

  @Test func manyRulesAreCutInTheMiddle() throws {
    let rules = (0..<100).map { "  - {name: r\($0), match: {namespaces: [n\($0)]}, attach: [{network: a}]}\n" }.joined()
    let head = "apiVersion: braid/v1\nkind: Policy\nnetworks: {a: {chain: [{type: bridge}]}}\nrules:\n"
    let lines = Explanation(try policy(head + rules), try PodOptions.parse(["--namespace", "n99"]).described()).text.split(
      separator: "\n")
    #expect(lines.filter { $0.contains("  no   ") }.count == 20 && lines.contains("  …    79 more that do not match"))
    #expect(lines.contains { $0.hasPrefix("  YES  r99") })
  }
}

/// The command itself.
@Suite struct ExplainCommandTests {
  private static let cases: [(options: [String], status: Int32)] = [
    (["--namespace", "db", "--name", "postgres-0"], 0), (["--namespace", "shop"], 1), (["--annotation", "x"], 2),
    (["--interface", "a/b"], 2), (["--pod", "/proc/nowhere"], 3),
  ]

  @Test(arguments: cases.indices) func exitStatus(_ i: Int) throws {
    let policy = commandsTests.appending(path: "Explain/policy.yaml").path
    #expect(try Command([Products.braidctl, "explain", policy] + Self.cases[i].options).run().status == Self.cases[i].status)
  }
}
