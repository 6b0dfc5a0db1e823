import Diagnostics
import Foundation
import Glibc
import NetworkTypes
import Policy
import TestSupport
import Testing

@testable import Commands

/// `braidctl try` from outside: real braid, real kernel, namespaces of its own.
@Suite(.needsRoot) struct TryTests {
  static let three = Products.repository + "/examples/three-networks.yaml"

  /// TMPDIR is the test's directory, so that the test sees what is left there.
  func command(_ arguments: [String], _ directory: TemporaryDirectory) -> Command {
    var command = Command([Products.braidctl, "try", "--braid", Products.braid] + arguments)
    command.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": directory.path]) { $1 }
    return command
  }

  /// Waits for the janitor, which removes everything after a kill.
  func expectNothingLeft(_ directory: TemporaryDirectory, except files: [String] = []) throws {
    try wait(for: "the janitor to remove \(directory.path)/braidctl-try-*") {
      !directory.list("").contains { $0.hasPrefix("braidctl-try-") }
    }
    #expect(directory.list("").filter { !files.contains($0) } == [])
  }

  /// Replaces MAC addresses that the kernel chose at random.
  static func masked(_ text: String) -> String {
    text.replacing(/MAC [0-9a-f:]{17}/) { $0.output == "MAC 02:11:22:33:44:55" ? $0.output : "MAC xx:xx:xx:xx:xx:xx" }
  }

  @Test(.needs(kernel: .macvlan)) func golden() throws {
    try withTemporaryDirectory { directory in
      let pod = try directory.write(
        "pod.yaml", "kind: StatefulSet\nmetadata: {name: postgres, namespace: db}\nspec: {template: {spec: {}}}")
      let output = try command([Self.three, "--pod", pod, "--name", "postgres-0"], directory).run()
      #expect(output.succeeded && output.stderr.isEmpty, "\(output)")
      try Golden.expect(Self.masked(output.stdout), equals: commandsTests.appending(path: "Trials/three-networks.txt"))
      try expectNothingLeft(directory, except: ["pod.yaml"])
    }
  }

  /// Braid reads a copy of the policy. Places of the copy are told as places of the user's file.
  @Test func placesAreTheUsers() throws {
    try withTemporaryDirectory { directory in
      let policy = try directory.write(
        "policy.yaml",
        """
        apiVersion: braid/v1
        kind: Policy
        # A comment moves the lines.
        networks:
          other: {chain: [{type: bridge, bridge: br-other}]}
          pods:
            chain:
              - {type: bridge, bridge: br-pods}
              - type: braid-test-none
        rules:
          - {name: everyone, attach: [{network: pods}]}
        """)
      let output = try command([policy, "--namespace", "a", "--name", "b"], directory).run()
      #expect(output.status == 1 && output.stdout.contains("ADD: FAILED: code 7: \(policy):9:15: network"), "\(output)")
      #expect(
        output.stdout.contains("[/opt/cni/bin /usr/lib/cni /usr/libexec/cni]\n  give the directory of the plugin with --cni-path")
      )
      try expectNothingLeft(directory, except: ["policy.yaml"])
    }
  }

  /// A policy that uses every option of rules and Pods, on a node that needs several stand-ins.
  static let rich = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods:
        chain:
          - type: bridge
            bridge: br-pods
            isDefaultGateway: true
            ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.9.0.0/24}], [{subnet: "fd00:9::/64"}]]}
      plain:
        chain:
          - {type: bridge, bridge: br-plain, mtu: 1400}
      fixed:
        chain:
          - {type: macvlan, mtu: 8000, ipam: {type: static}}
    rules:
      - name: "first \\"rule\\""
        match: {namespaces: ["media"], labels: {tier: gold}, arguments: {ZONE: a}}
        attach:
          - {network: pods, ips: [10.9.0.77], mac: "02:11:22:33:44:55", mtu: 1300, defaultRoute: ipv6}
          - {network: plain, interface: plain0, inResult: false}
    requests:
      - {namespaces: [media], networks: [fixed], ips: [172.16.0.0/24], interfaces: ["f*"], maxNetworks: 1}
    """

  @Test(.needs(kernel: .macvlan)) func everythingAPodCanSay() throws {
    try withTemporaryDirectory { directory in
      let policy = try directory.write("policy.yaml", Self.rich.replacing("DIR", with: directory.path))
      let request = #"[{"name": "fixed", "interface": "f0", "ips": ["172.16.0.5/24"]}]"#
      let output = try command(
        [
          policy, "--namespace", "media", "--name", "m-0", "--label", "tier=gold", "--arg", "ZONE=a", "--annotation",
          "k8s.v1.cni.cncf.io/networks=\(request)",
        ], directory
      ).run()
      #expect(output.succeeded, "\(output)")
      try Golden.expect(Self.masked(output.stdout), equals: commandsTests.appending(path: "Trials/rich.txt"))
      // The directory that the policy names was not even made.
      try expectNothingLeft(directory, except: ["policy.yaml"])
    }
  }

  /// A plugin behind the bridge that runs these shell commands at an ADD.
  func sabotage(_ commands: String, _ directory: TemporaryDirectory) throws -> Command.Output {
    let policy = try directory.write(
      "policy.yaml",
      ReportTests.clean.replacing("bridge: br0,", with: "bridge: br0, isGateway: true,").replacing(
        "\nrules:", with: "\n      - {type: saboteur}\nrules:"))
    try directory.write(
      "bin/saboteur", "#!/bin/sh\nif [ $CNI_COMMAND = ADD ]; then\n\(commands)\njq .prevResult\nfi\n", mode: 0o755)
    let output = try command([policy, "--namespace", "default", "--cni-path", directory["bin"]], directory).run()
    try expectNothingLeft(directory, except: ["policy.yaml", "bin/", "bin/saboteur"])
    return output
  }

  @Test(.needs(program: "jq"), .needs(program: "ip")) func whatIsNotWellIsSaid() throws {
    let table: [(commands: String, texts: [String])] = [
      (":", ["All is well.", ": answered"]),
      ("ip address flush dev br0", ["10.2.0.1: NO ANSWER", "Not all is well."]),
      (
        "ip link add left0 type bridge; ip link add l1 type veth peer name l2",
        ["the link l1 on the node", "the link l2 on the node"]
      ),
      ("exit 3", ["ADD: FAILED: ", "saboteur", "Nothing is left.", "Not all is well."]),
      ("nsenter --net=$CNI_NETNS ip link set eth0 down", ["CHECK: FAILED: ", "DEL: done"]),
    ]
    for (i, (commands, texts)) in table.enumerated() {
      try withTemporaryDirectory { directory in
        let output = try sabotage(commands, directory)
        #expect(output.status == (i == 0 ? 0 : 1) && output.stderr.isEmpty, "\(output)")
        for text in texts { #expect(output.stdout.contains(text), "\(text): \(output)") }
      }
    }
  }

  /// Every example, with one of its Pods. External plugins are run from Debian's directory of reference plugins.
  @Test(
    .needs(kernel: .macvlan), .needs(program: "/usr/lib/cni/host-device"),
    arguments: [
      ("dual-stack.yaml", "default", "a"), ("external-delegate.yaml", "default", "router"),
      ("migration/policy.yaml", "default", "a"),
      ("podman.yaml", "default", "a"), ("requested-networks.yaml", "media-a", "a"), ("storage-network.yaml", "db", "postgres-0"),
      ("telco.yaml", "telco", "media-gateway-0"), ("tenant-isolation.yaml", "red", "a"), ("three-networks.yaml", "db", "a"),
    ])
  func examples(_ file: String, _ namespace: String, _ name: String) throws {
    try withTemporaryDirectory { directory in
      let output = try command(
        ["\(Products.repository)/examples/\(file)", "--namespace", namespace, "--name", name, "--cni-path", "/usr/lib/cni"],
        directory
      ).run()
      #expect(output.succeeded && output.stdout.contains("answered\n"), "\(output)")
      if file == "telco.yaml" { #expect(output.stdout.contains("default via 172.20.1.1 table 100\n"), "\(output)") }
      try expectNothingLeft(directory)
    }
  }

  /// The list of examples above is complete.
  @Test func everyExampleIsTried() throws {
    let all = try FileManager.default.subpathsOfDirectory(atPath: Products.repository + "/examples").filter {
      $0.hasSuffix(".yaml")
    }
    #expect(all.count == 9, "\(all)")
  }

  /// A Pod may choose the name of its first interface, whatever the runtime asks for.
  @Test func otherNameThanTheRuntimes() throws {
    try withTemporaryDirectory { directory in
      let policy = try directory.write(
        "policy.yaml", ReportTests.clean + "\nrequests: [{namespaces: [default], networks: [pods], defaultNetwork: true}]")
      let annotation = #"v1.multus-cni.io/default-network=[{"name": "pods", "interface": "lan0"}]"#
      let output = try command([policy, "--annotation", annotation, "--interface", "eth7"], directory).run()
      #expect(output.succeeded && output.stdout.contains("\n  lan0: veth, up"), "\(output)")
      let plain = try command([policy, "--interface", "eth7"], directory).run()
      #expect(plain.succeeded && plain.stdout.contains("\n  eth7: veth, up"), "\(plain)")
    }
  }

  /// A master that is another network's bridge is a bridge here too.
  @Test(.needs(kernel: .macvlan)) func masterIsABridge() throws {
    try withTemporaryDirectory { directory in
      let policy = try directory.write(
        "policy.yaml",
        """
        apiVersion: braid/v1
        kind: Policy
        networks:
          a: {chain: [{type: bridge, bridge: br0, isGateway: true, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}
          b: {chain: [{type: macvlan, master: br0, ipam: {type: host-local, subnet: 10.3.0.0/24}}]}
        rules: [{name: all, attach: [{network: b}, {network: a}]}]
        """)
      let output = try command([policy], directory).run()
      #expect(output.succeeded && output.stdout.contains("br0: a bridge, with nobody behind it\n"), "\(output)")
      #expect(output.stdout.contains("net1 10.2.0.2 to 10.2.0.1: answered\n"), "\(output)")
      #expect(output.stdout.contains("eth0 10.3.0.2 to 10.3.0.1: no answer, but none is required\n"), "\(output)")
    }
  }

  /// Control characters in a plugin's text or in a name do not reach the terminal.
  @Test(.needs(program: "jq")) func controlCharacters() throws {
    try withTemporaryDirectory { directory in
      let failure = #"printf '{"cniVersion":"1.0.0","code":99,"msg":"a\\u001b[31mb\\nc"}'; exit 1"#
      let output = try sabotage(failure, directory)
      #expect(output.status == 1 && output.stdout.contains(#"a\u{1b}[31mb\u{a}c"#), "\(output)")
      let refused = try command(
        [directory["policy.yaml"], "--name", "\u{1b}x", "--annotation", "v1.multus-cni.io/default-network=pods"], directory
      ).run()
      #expect(refused.status == 1 && refused.stderr.contains(#"\u{1b}x"#) && !refused.stderr.contains("\u{1b}"), "\(refused)")
    }
  }

  /// A signal ends the trial in order, with a DEL. Even SIGKILL leaves no directory.
  @Test(.needs(program: "jq"), arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL]) func signals(_ number: Int32) throws {
    try withTemporaryDirectory { directory in
      let output = try sabotage("pid=${CNI_NETNS#/proc/}; kill -\(number) ${pid%%/*}; sleep 1", directory)
      #expect(output.status == 128 + number, "\(output)")
      if number != SIGKILL {
        #expect(
          output.stdout.contains("DEL: done\nNothing is left.\n") && output.stderr.contains("signal \(number)"), "\(output)")
      }
    }
  }

  @Test func exitStatus() throws {
    try withTemporaryDirectory { directory in
      let good = try directory.write("good.yaml", ReportTests.clean)
      let bad = try directory.write("bad.yaml", ReportTests.clean.replacing("network: pods", with: "network: pdos"))
      let refused = try directory.write(
        "refused.yaml", ReportTests.clean.replacing("bridge: br0,", with: "bridge: br0, mtu: 12,"))
      let external = try directory.write("external.yaml", ReportTests.clean.replacing("type: bridge", with: "type: nowhere"))
      let annotation = "k8s.v1.cni.cncf.io/networks=pods"
      let table: [(arguments: [String], status: Int32, text: String)] = [
        ([bad], 1, "BRD0303"), ([refused], 1, "BRD0202"), ([directory["none.yaml"]], 3, "BRD0001"), ([], 2, "policy"),
        ([good, "--annotation", annotation], 1, "may not ask"), ([good, "--annotation", "x"], 2, "KEY=VALUE"),
        ([good, "--interface", "a/b"], 2, "--interface"), ([good, "--arg", "A=b;c"], 2, "CNI_ARGS"),
        ([good, "--braid", "/proc/nowhere/braid"], 2, "/proc/nowhere/braid"), ([external], 1, "nowhere"),
        ([good, "--braid", "/bin/false"], 1, "/bin/false: exit status 1 without an error object"),
      ]
      for (arguments, status, text) in table {
        let output = try command(arguments, directory).run()
        #expect(output.status == status && (output.stderr + output.stdout).contains(text), "\(output)")
      }
      try expectNothingLeft(directory, except: ["good.yaml", "bad.yaml", "refused.yaml", "external.yaml"])
    }
  }
}

@Suite struct DerivedPolicyTests {
  /// A Pod gets the same from the derived policy as from the original, for every option of a policy.
  @Test func selectsTheSame() throws {
    let whole = try String(contentsOf: commandsTests.appending(path: "Pictures/whole.yaml"), encoding: .utf8)
    let three = try String(contentsOfFile: TryTests.three, encoding: .utf8)
    let pods = [
      Pod(namespace: "db", name: "radio-1", annotations: ["example.com/tier": "data"]), Pod(namespace: "x", name: "radio-1"),
      Pod(namespace: "x", name: "fixed-1"), Pod(namespace: "x"),
      Pod(namespace: "video", annotations: ["k8s.v1.cni.cncf.io/networks": "storage@s0,radio"]),
      Pod(namespace: "video", annotations: ["v1.multus-cni.io/default-network": "radio"]),
      Pod(namespace: "media", labels: ["tier": "gold"], otherArguments: ["ZONE": "a"]),
    ]
    let eth0 = try InterfaceName("eth0")
    var compared = 0
    for text in [whole, three, TryTests.rich] {
      let policy = try Self.policy(text)
      for pod in pods {
        guard let selection = try? policy.select(pod, interface: eth0) else { continue }
        let derived = DerivedPolicy(policy: policy, selection: selection, state: "/scratch").json.text(pretty: true)
        let again = try Self.policy(derived).select(pod, interface: eth0)
        #expect(again.attachments.map(Self.summary) == selection.attachments.map(Self.summary), "\(derived)")
        #expect(again.rule.name == selection.rule.name)
        #expect(!derived.contains("/var/lib") && !derived.contains("DIR/"))
        compared += 1
      }
    }
    #expect(compared >= 12)
  }

  static func policy(_ text: String) throws -> Policy {
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings)
    return try #require(policy, "\(findings.sorted.map(\.oneLine))")
  }

  /// The selection as text, without places in the policy and without directories.
  static func summary(_ attachment: SelectedAttachment) -> String {
    let chain = attachment.network.chain.map { entry in
      entry.configuration.members.map { "\($0.name)=\($0.value.text())" }.joined(separator: " ")
        .replacing(/"dataDir":"[^"]*",?/, with: "").replacing(",}", with: "}")
    }
    return
      "\(attachment.interface) \(attachment.network.name) \(chain) \(attachment.defaultRoute) \(attachment.options) \(attachment.inResult)"
  }

  /// No plugin uses a directory of the node.
  @Test func directories() throws {
    let policy = try Self.policy(
      """
      apiVersion: braid/v1
      kind: Policy
      networks:
        a:
          chain:
            - {type: bridge, ipam: {type: host-local, DataDir: /var/lib/x, subnet: 10.0.0.0/24}}
            - {type: tuning}
            - {type: mine, dataDir: /srv}
      rules: [{name: r, attach: [{network: a}]}]
      """)
    let selection = try policy.select(Pod(), interface: try InterfaceName("eth0"))
    let json = DerivedPolicy(policy: policy, selection: selection, state: "/scratch").json
    let chain = json.object?["networks"]?.object?["a"]?.object?["chain"]?.array?.map { $0.object }
    #expect(chain?[0]?["ipam"]?.object?["dataDir"]?.string == "/scratch/ipam" && !json.text().contains("/var/lib/x"))
    #expect(chain?[1]?["dataDir"]?.string == "/scratch/tuning" && chain?[2]?["dataDir"]?.string == "/scratch/mine")
  }
}

@Suite struct EchoTests {
  /// The bytes that `ping -c 1 -e 0x1234` sends, captured by tcpdump; without data.
  @Test func requests() {
    #expect(Echo.request(.ipv4, identifier: 0x1234, sequence: 1) == [8, 0, 0xe5, 0xca, 0x12, 0x34, 0, 1])
    #expect(Echo.request(.ipv4, identifier: 0xffff, sequence: 0xffff) == [8, 0, 0xf7, 0xff, 0xff, 0xff, 0xff, 0xff])
    #expect(Echo.request(.ipv6, identifier: 0x1234, sequence: 1) == [128, 0, 0, 0, 0x12, 0x34, 0, 1])
  }

  @Test func replies() {
    let header: [UInt8] = [0x45] + [UInt8](repeating: 0, count: 19)
    func isReply(_ bytes: [UInt8], _ family: AddressFamily = .ipv4) -> Bool {
      Echo.isReply(bytes[...], family, identifier: 0x1234, sequence: 1)
    }
    #expect(isReply(header + [0, 0, 0, 0, 0x12, 0x34, 0, 1]))
    #expect(!isReply(header + [8, 0, 0, 0, 0x12, 0x34, 0, 1]))
    #expect(!isReply(header + [0, 0, 0, 0, 0x12, 0x34, 0, 2]))
    #expect(!isReply(header + [0, 0, 0, 0, 0x12, 0x35, 0, 1]))
    #expect(isReply([129, 0, 0, 0, 0x12, 0x34, 0, 1], .ipv6) && !isReply([128, 0, 0, 0, 0x12, 0x34, 0, 1], .ipv6))
    for count in 0..<28 { #expect(!isReply(Array((header + [0, 0, 0, 0, 0x12, 0x34, 0, 1]).prefix(count)))) }
  }
}
