import Foundation
import JSON
import TestSupport
import Testing

/// CRI-O calls CHECK right after ADD. So CHECK must pass for every network of the examples and of the docs, under every version.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct CheckAfterAddTests {
  static let versions = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]

  /// A policy of the examples, or of a page. Its description is the place where it stands.
  struct Source: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    /// The networks with their YAML: the lines of the top-level key `networks`, each network's apart.
    var networks: [(name: String, lines: [Substring])] {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      guard let start = lines.firstIndex(where: { $0.hasPrefix("networks:") }) else { return [] }
      var found: [(name: String, lines: [Substring])] = []
      for line in lines[(start + 1)...] {
        if let first = line.first, first != " ", first != "#" { break }
        if let name = line.wholeMatch(of: #/  ([A-Za-z0-9-]+):.*/#) {
          found.append((String(name.1), [line]))
        } else if !found.isEmpty {
          found[found.count - 1].lines.append(line)
        }
      }
      return found
    }
  }

  static let sources: [Source] = {
    let root = Products.repository + "/"
    let examples = ExamplesTests.files.filter { $0.hasSuffix(".yaml") }.map { "examples/" + $0 }
    let docs = ((try? FileManager.default.contentsOfDirectory(atPath: root + "docs")) ?? []).map { "docs/" + $0 }
    let pages = (docs + ["README.md"]).filter { $0.hasSuffix(".md") }.sorted()
    func read(_ path: String) -> String { (try? String(contentsOfFile: root + path, encoding: .utf8)) ?? "" }
    var found = examples.map { Source(testDescription: $0, text: read($0)) }
    for page in pages {
      for (i, block) in read(page).components(separatedBy: "\n```").enumerated() where i % 2 == 1 && block.contains("\nnetworks:")
      {
        found.append(Source(testDescription: "\(page), block \(i / 2 + 1)", text: block))
      }
    }
    return found
  }()

  /// Networks whose CHECK is easily wrong.
  static let hard: [Source] = [
    Source(
      testDescription: "routes with details",
      text: """
        networks:
          onlink: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 10.1.1.5/24, gateway: 10.1.1.1}], routes: [{dst: 169.254.1.1/32, scope: 253}]}}]}
          tables: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 10.2.1.5/24, gateway: 10.2.1.1}], routes: [{dst: 10.5.0.0/16, table: 100}, {dst: 0.0.0.0/0, table: 100}, {dst: 10.6.0.0/16, table: 0}]}}]}
          tables6: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: "fd11::5/64", gateway: "fd11::1"}], routes: [{dst: "fd12::/48", table: 100}, {dst: "fd13::/48", mtu: 1400, priority: 50}]}}]}
          nogateway: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 10.4.5.6/16, gateway: 0.0.0.0}], routes: [{dst: 0.0.0.0/0}]}}]}
        """),
    Source(
      testDescription: "one IPv6 destination in several networks",
      text: """
        networks:
          one: {chain: [{type: bridge, bridge: br1, ipam: {type: static, addresses: [{address: "fd21::5/64", gateway: "fd21::1"}], routes: [{dst: "fd12::/48"}]}}]}
          two: {chain: [{type: bridge, bridge: br2, ipam: {type: static, addresses: [{address: "fd22::5/64", gateway: "fd22::1"}], routes: [{dst: "fd12::/48"}]}}]}
          three: {chain: [{type: ptp, ipam: {type: static, addresses: [{address: "fd23::5/64", gateway: "fd23::1"}], routes: [{dst: "fd12::/48"}]}}]}
        """),
    Source(
      testDescription: "odd subnets",
      text: """
        networks:
          zero: {chain: [{type: bridge, bridge: br1, ipam: {type: static, addresses: [{address: 0.1.2.3/8}]}}]}
          all: {chain: [{type: bridge, bridge: br2, ipam: {type: static, addresses: [{address: 10.1.1.5/0}]}}]}
          few: {chain: [{type: bridge, bridge: br3, ipam: {type: static, addresses: [{address: 10.3.1.4/31}, {address: "fd31::4/127"}]}}]}
          one: {chain: [{type: bridge, bridge: br4, ipam: {type: static, addresses: [{address: 10.4.1.4/32}, {address: "fd41::4/128"}]}}]}
        """),
    Source(
      testDescription: "plugins behind that change the interface or its routes",
      text: """
        networks:
          rules: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 10.1.1.5/24, gateway: 10.1.1.1}, {address: "fd11::5/64", gateway: "fd11::1"}], routes: [{dst: 10.5.0.0/16}, {dst: "fd12::/48"}]}}, {type: sbr}]}
          tuned: {chain: [{type: bridge, bridge: br1, isGateway: true, ipam: {type: static, addresses: [{address: 10.2.1.5/24, gateway: 10.2.1.1}], routes: [{dst: 10.7.0.0/16, table: 100}, {dst: 169.254.1.1/32, scope: 253}]}}, {type: tuning, mac: "02:00:00:00:00:17"}]}
          routed: {chain: [{type: ptp, ipam: {type: static, addresses: [{address: 10.3.1.5/24, gateway: 10.3.1.1}, {address: "fd31::5/64", gateway: "fd31::1"}], routes: [{dst: 10.8.0.0/16, priority: 7}]}}, {type: tuning, promisc: true}]}
          small: {chain: [{type: macvlan, master: eth2, mtu: 1500, ipam: {type: static, addresses: [{address: 10.4.1.5/24}]}}, {type: tuning, mac: "02:00:00:00:00:18", mtu: 1300, allmulti: true, txQLen: 0, sysctl: {net.ipv4.conf.IFNAME.rp_filter: "2", net.ipv4.ping_group_range: "0 10", net.ipv4.ip_local_reserved_ports: ""}}]}
        """),
  ]

  /// A runtime may name the namespace by another path than at the ADD.
  @Test func anotherPathToTheNamespaceIsFine() throws {
    let lab = try Lab()
    try withNetworkNamespace { container in
      var call = lab.call("c1", container)
      _ = try call.run(on: lab.node).result()
      let path = lab.directory["namespace"]
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: container.path)
      call.netns = path
      for command in ["CHECK", "DEL"] { _ = try call.with(command).run(on: lab.node).result() }
      #expect(lab.left == [])
    }
  }

  @Test(arguments: hard) func passesToo(_ source: Source) throws { try passes(source) }

  @Test func thereAreEnough() {
    #expect(Self.sources.count >= 14 && Self.sources.allSatisfy { !$0.networks.isEmpty })
  }

  @Test(arguments: sources) func passes(_ source: Source) throws {
    let lab = try Lab()
    try lab.node.run("ip", "link", "add", "eth2", "type", "veth", "peer", "name", "lan2")
    for name in ["eth1", "lan1", "eth2", "lan2"] { try lab.node.run("ip", "link", "set", name, "mtu", "9000", "up") }
    var accepted = 0
    for version in Self.versions {
      for network in source.networks {
        try lab.setPolicy(policy(network.lines, version, attach: [network.name]))
        accepted += try live(lab, "\(network.name), \(version)") ? 1 : 0
      }
      guard source.networks.count > 1 else { continue }
      try lab.setPolicy(policy(source.networks.flatMap(\.lines), version, attach: source.networks.map(\.name)))
      _ = try live(lab, "all networks, \(version)")
    }
    #expect(accepted > 0)
  }

  /// A policy of these networks in one version, with one rule that attaches them.
  private func policy(_ networks: [Substring], _ version: String, attach names: [String]) -> String {
    var lines = ["apiVersion: braid/v1", "kind: Policy", "networks:"]
    for line in networks where !line.contains(#/^ +cniVersion:/#) {
      // A network in braces, or one whose keys stand in the lines below.
      if line.contains(#/^  [A-Za-z0-9-]+: *\{/#) {
        let plain = String(line).replacing(#/cniVersion: [^,]+,/#, with: "")
        lines.append(plain.replacing("{", with: "{cniVersion: \(version), ", maxReplacements: 1))
      } else {
        lines.append(String(line))
        if line.contains(#/^  [A-Za-z0-9-]+:/#) { lines.append("    cniVersion: \(version)") }
      }
    }
    let attach = names.map { "{network: \($0)}" }.joined(separator: ", ")
    return (lines + ["rules: [{name: everyone, attach: [\(attach)]}]"]).joined(separator: "\n")
      // The interface has another name here.
      .replacing(#/net\.ipv4\.conf\.[a-z0-9]+\./#, with: "net.ipv4.conf.lo.")
      .replacing(#/ dataDir: [^,]+,/#, with: "")
      .replacing("type: host-local", with: #"type: host-local, dataDir: "DIR/ipam""#)
      .replacing(/(?m)^( +)type: host-local, dataDir: (.*)$/) { "\($0.1)type: host-local\n\($0.1)dataDir: \($0.2)" }
  }

  /// ADD, CHECK and DEL of one Pod; false if the ADD is refused, for example because a plugin does not know the version.
  private func live(_ lab: Lab, _ what: String) throws -> Bool {
    try withNetworkNamespace { container in
      // A refusal may leave a record, which must not stand in the way of the next Pod.
      let call = lab.call("c1", container, keys: ["stateDir": .string(lab.directory["state \(what)"])])
      let answer = try call.run(on: lab.node)
      guard answer.succeeded else {
        print("refused: \(what): \(answer.object?["msg"]?.string ?? "")")
        return false
      }
      let check = try call.with("CHECK").run(on: lab.node)
      #expect(check.succeeded, "\(what): \(check)")
      _ = try call.with("DEL").run(on: lab.node).result()
      return true
    }
  }
}
