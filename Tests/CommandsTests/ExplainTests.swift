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

  @Test func aPodOnTheNodesNetworkGetsNoCall() throws {
    let found = try manifest(
      "kind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true, containers: [{ports: [{hostPort: 80}]}]}\n")
    let explanation = Explanation(try policy(Self.small), found)
    #expect(explanation.outcome == nil && explanation.text.contains("the runtime does not call Braid"))
    #expect(explanation.json.object?["hostNetwork"] == true && explanation.json.object?["attachments"] == nil)
  }

  @Test func aHostPortThatNobodyForwardsIsNamed() throws {
    let found = try manifest(
      "kind: Pod\nmetadata: {name: p}\nspec: {containers: [{ports: [{hostPort: 8080}, {containerPort: 1}]}]}\n")
    let text = Explanation(try policy(Self.small), found).text
    #expect(text.contains("note: hostPort 8080 reaches nothing: no plugin of the network \"a\" accepts portMappings"), "\(text)")
    let served = Self.small.replacing("[{type: bridge}]", with: "[{type: bridge}, {type: portmap}]")
    #expect(Explanation(try policy(served), found).notes.isEmpty)
  }

  private static let small =
    "apiVersion: braid/v1\nkind: Policy\nnetworks: {a: {chain: [{type: bridge}]}}\nrules: [{name: r, attach: [{network: a}]}]\n"

  @Test func optionsWin() throws {
    let file = Self.folder.appending(path: "statefulset.yaml").path
    let found = try PodOptions.parse(["--pod", file, "--namespace", "n", "--name", "x", "--annotation", "a=b=c", "--arg", "K=V"])
      .described()
    #expect(found.pod.namespace == "n" && found.pod.name == "x" && found.assumptions.isEmpty)
    #expect(
      found.pod.annotations["a"] == "b=c" && found.pod.annotations.names.count == 2 && found.pod.otherArguments == ["K": "V"])
  }

  @Test(arguments: [
    ("kind: Service\n", Commands.ExitStatus.findings), ("kind: Pod\n---\nkind: Job\n", .findings), ("", .findings),
    ("a: [\n", .findings), ("[1]\n", .findings),
  ])
  func manifestsThatAreNoHelp(_ text: String, _ status: Commands.ExitStatus) throws {
    #expect(throws: status) { try manifest(text) }
  }

  private static let usual = """
    apiVersion: braid/v1
    kind: Policy
    networks: {pods: {chain: [{type: bridge}]}, lan: {chain: [{type: bridge, bridge: br1}]}}
    rules: [{name: everyone, attach: [{network: pods}]}]
    requests: [{namespaces: ["*"], networks: [lan]}]
    """

  /// The notes of an explanation of the Pod in a manifest.
  private func notes(_ text: String) throws -> [String] {
    Explanation(try policy(Self.usual), try manifest(text)).text.split(separator: "\n").filter { $0.hasPrefix("  note: ") }.map {
      String($0.dropFirst("  note: ".count))
    }
  }

  /// An annotation that stands where no Pod gets it.
  @Test(arguments: [
    (
      "kind: Deployment\nmetadata: {name: a, annotations: {k8s.v1.cni.cncf.io/networks: lan}}\nspec: {template: {spec: {}}}",
      #"the annotation "k8s.v1.cni.cncf.io/networks" stands under metadata.annotations, so the Deployment has it and its Pods do not: put it under spec.template.metadata.annotations"#
    ),
    (
      "kind: CronJob\nspec: {jobTemplate: {metadata: {annotations: {k8s.v1.cni.cncf.io/networks: lan}}, spec: {template: {}}}}",
      #"the annotation "k8s.v1.cni.cncf.io/networks" stands under spec.jobTemplate.metadata.annotations, so the CronJob has it and its Pods do not: put it under spec.jobTemplate.spec.template.metadata.annotations"#
    ),
    (
      "kind: StatefulSet\nspec: {template: {annotations: {networks: lan}}}",
      #"the annotation "networks", which probably means k8s.v1.cni.cncf.io/networks, stands under spec.template.annotations, where Kubernetes does not look for annotations: put it under spec.template.metadata.annotations"#
    ),
    (
      "kind: Pod\nmetadata: {annotations: {networks: lan}}",
      #"the annotation "networks" is not read; did you mean "k8s.v1.cni.cncf.io/networks"?"#
    ),
    (
      "kind: Pod\nmetadata: {annotations: {k8s.cni.cncf.io/networks: lan}}",
      #"the annotation "k8s.cni.cncf.io/networks" is not read; did you mean "k8s.v1.cni.cncf.io/networks"?"#
    ),
    (
      "kind: Pod\nmetadata: {annotations: {default-network: lan}}",
      #"the annotation "default-network" is not read; did you mean "v1.multus-cni.io/default-network"?"#
    ),
  ]) func annotationsThatNobodyReads(_ text: String, _ note: String) throws { #expect(try notes(text) == [note]) }

  @Test(arguments: [
    "kind: Pod\nmetadata: {annotations: {k8s.v1.cni.cncf.io/networks: lan, k8s.v1.cni.cncf.io/network-status: '[]'}}",
    "kind: Pod\nmetadata: {annotations: {k8s.v1.cni.cncf.io/networks-status: x, example.com/networks: x}}",
    "kind: Deployment\nmetadata: {annotations: {a: b}, labels: {network: x}}\nspec: {template: {metadata: {labels: {network: x}}}}",
  ]) func otherAnnotationsAreNotNamed(_ text: String) throws { #expect(try notes(text) == []) }

  /// A mistake in the JSON of an annotation has its place in the manifest, whatever the style of the text.
  @Test(arguments: [
    ("'[\n      {\"name\": \"lan\"\n       \"mac\": \"x\"}]'", "6:8"), ("|\n      [{\"name\": \"lan\",}]", "5:22"),
    (#""[{\"name\": \"lan\" \"mac\": 1}]""#, "4:56"), (">-\n      [{\"name\":\n      \"lan\"} {}]", "6:14"),
    ("'[{\"name\": \"it''s\" 5}]'", "4:53"),
  ]) func annotationsHavePlaces(_ value: String, _ place: String) throws {
    let text = "kind: Pod\nmetadata:\n  annotations:\n    k8s.v1.cni.cncf.io/networks: \(value)\n"
    let explained = Explanation(try policy(Self.usual), try manifest(text)).text
    #expect(explained.contains("pod.yaml:\(place))"), "\(text)\n\(explained)")
  }

  @Test func coloursAreOnlyForTerminals() throws {
    let path = Self.folder.appending(path: "policy.yaml").path
    let plain = try Command(Products.braidctl, "explain", path, "--namespace", "db", "--name", "postgres-9").run().stdout
    let coloured = try Command(
      Products.braidctl, "explain", path, "--namespace", "db", "--name", "postgres-9", "--color", "always"
    ).run().stdout
    #expect(!plain.contains("\u{1b}") && coloured.contains("\u{1b}[1;32m  YES"))
    #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
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

/// `explain` refuses what an ADD refuses while it plans, with the same words.
@Suite struct ExplainRefusalTests {
  private static let networks = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
      pool: {chain: [{type: macvlan, master: eth1, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}
      lan: {chain: [{type: macvlan, master: eth1, ipam: {type: static}}]}
      point: {chain: [{type: ptp, ipam: {type: host-local, subnet: 10.5.0.0/24}}]}
      routed: {chain: [{type: bridge, bridge: br1, ipam: {type: host-local, subnet: 10.3.0.0/24, routes: [{dst: 10.9.0.0/16, gw: 10.8.0.1}]}}]}
    rules: [{name: everyone, attach: [{network: pods}]}]
    requests: [{namespaces: ["*"], networks: [pool, lan, routed, point], ips: [0.0.0.0/0, "::/0"], defaultRoute: true, cniArgs: ["*"]}]
    """

  private func refusal(_ request: String) throws -> String? {
    var findings = Findings()
    let policy = try #require(
      Policy.read([SourceFile(path: "policy.yaml", text: Self.networks)], checks: .errors, &findings))
    let options = try PodOptions.parse(["--name", "x", "--annotation", "k8s.v1.cni.cncf.io/networks=[\(request)]"])
    guard case .failure(let refusal)? = Explanation(policy, try options.described()).outcome else { return nil }
    return refusal.text
  }

  @Test(
    arguments: [
      (#"{"name":"pool","ips":["10.7.0.7"]}"#, "no range has 10.7.0.7"),
      (#"{"name":"pool","ips":["10.2.0.1"]}"#, "have the address 10.2.0.1, which is the gateway's"),
      (#"{"name":"pool","ips":["fd00::5"]}"#, "no range has fd00::5"),
      (#"{"name":"pool","ips":["10.2.0.5","10.2.0.6"]}"#, "10.2.0.6 and 10.2.0.5 belong to one set of ranges"),
      (#"{"name":"pool","default-route":["10.9.0.1"]}"#, "no address of the network reaches the next hop 10.9.0.1"),
      (#"{"name":"pool","default-route":["fd00::1"]}"#, "no address of the network reaches the next hop fd00::1"),
      (#"{"name":"pool","mac":"03:00:00:00:00:01"}"#, "03:00:00:00:00:01 is a group address"),
      (#"{"name":"pool","mac":"00:00:00:00:00:00"}"#, "no interface can have the MAC address 00:00:00:00:00:00"),
      (
        #"{"name":"pool","cni-args":{"ips":["300.1.1.1"]}}"#,
        "may not pass this value of \"ips\" in cni-args: write ips beside cni-args"
      ),
      (#"{"name":"pool","cni-args":{"mac":"zz"}}"#, "invalid MAC address: zz"),
      (#"{"name":"lan"}"#, "static has no address to give"),
      (#"{"name":"lan","ips":["10.4.0.7"]}"#, "NOT in CIDR notation"),
      (#"{"name":"lan","ips":["224.0.0.7/24"]}"#, "224.0.0.7/24 is a multicast address"),
      (#"{"name":"lan","ips":["10.4.0.7/24","10.4.0.7/16"]}"#, "10.4.0.7 is there twice"),
      // Only the gateway is on the link of a ptp interface.
      (#"{"name":"point","default-route":["10.5.0.77"]}"#, "no address of the network reaches the next hop 10.5.0.77"),
      (#"{"name":"routed"}"#, "no address of the network reaches the next hop 10.8.0.1"),
    ])
  func refused(_ request: String, _ words: String) throws {
    let text = try #require(try refusal(request))
    #expect(text.contains(words), "\(text)")
  }

  @Test(
    arguments: [
      #"{"name":"pool","ips":["10.2.0.5"]}"#, #"{"name":"pool","ips":["10.2.0.5/24"]}"#,
      #"{"name":"pool","mac":"02:00:00:00:00:01"}"#,
      #"{"name":"pool","default-route":["10.2.0.9"]}"#, #"{"name":"point","default-route":["10.5.0.1"]}"#,
      #"{"name":"lan","ips":["10.4.0.7/24","fd04::7/64"]}"#,
    ])
  func accepted(_ request: String) throws { #expect(try refusal(request) == nil) }
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
