import Diagnostics
import Foundation
import NetworkTypes
import TestSupport
import Testing

@testable import Policy

/// No policy, however large or odd, hangs or crashes its reader.
@Suite struct PolicyBoundTests {
  private static let head = "apiVersion: braid/v1\nkind: Policy\n"

  private func time(_ text: String) -> (Duration, Findings) {
    var findings = Findings()
    let file = SourceFile(path: "p", text: text)
    let time = processorTime { _ = Policy.read([file], &findings) }
    return (time, findings)
  }

  private static func lines(_ count: Int, _ line: (Int) -> String) -> String { (0..<count).map { line($0) + "\n" }.joined() }

  private static let network = "networks: {n: {chain: [{type: bridge}]}}\n"
  private static let chain = "networks:\n  n:\n    chain:\n      - type: bridge\n"

  /// Texts with so many parts that comparing every part with every other one would take minutes or hours.
  private static let texts: [String: String] = [
    "unknown keys": lines(20_000) { "key\($0): x" },
    "networks": "networks:\n"
      + lines(4000) { "  n\($0): {chain: [{type: macvlan, master: e, ipam: {type: host-local, subnet: 10.0.0.0/8}}]}" },
    "plugin keys": chain + lines(10_000) { "        key\($0): x" },
    "ranges": chain + "        ipam:\n          type: host-local\n          ranges:\n"
      + lines(4000) { "            - [{subnet: 10.\($0 / 256).\($0 % 256).0/24}]" },
    "unknown networks": "rules:\n" + lines(4000) { "  - {name: r\($0), attach: [{network: n\($0)}]}" },
    "attachments": network + "rules:\n  - name: r\n    attach:\n" + lines(10_000) { _ in "      - network: n" },
    "rules": network + "rules:\n" + lines(4000) { "  - {name: r\($0), match: {pods: [p\($0)]}, attach: [{network: n}]}" },
  ]

  @Test(arguments: texts.keys.sorted())
  func nothingIsQuadratic(_ name: String) throws {
    let text = try #require(Self.texts[name])
    let (time, findings) = time(Self.head + text)
    #expect(time < .seconds(20), "\(name): \(time)")
    #expect(findings.items.count <= Findings.limit)
  }

  /// Mutations of the golden cases by a generator with a fixed seed. BRAID_MUTATIONS sets how many.
  @Test func mutations() throws {
    let directory = FindingsTests.directory
    let seeds = try FindingsTests.cases.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("BRD0022") }.map {
      Array(try Data(contentsOf: directory.appending(path: $0)))
    }
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(bound, 1)
    }
    let words = [
      "0.0.0.0/0", "0.0.0.0/32", "255.255.255.255/32", "::/0", "::/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
      "rangeStart: ::1", "[[", "]]",
      "{", "}", ": ", "\n", "  ", "- ", "null", "true", "-1", "99999999999999999999", "\"", "*", "type: host-local",
      "defaultRoute: ipv6",
      "interface: net1", "mtu: 68", "pods", "network: pods", "rules:", "networks:", "not: ", "exists: false", "&a ", "*a", "| \n",
    ].map { Array($0.utf8) }
    let eth0 = try InterfaceName("eth0")
    let count = ProcessInfo.processInfo.environment["BRAID_MUTATIONS"].flatMap { Int($0) } ?? 1000
    for _ in 0..<count {
      var text = seeds[random(seeds.count)]
      for _ in 0...random(4) { mutate(&text, words, random) }
      var findings = Findings()
      let policy = Policy.read([SourceFile(path: "p", bytes: text)], &findings)
      #expect((policy == nil) == findings.hasErrors)
      _ = Renderer().render(findings.sorted)
      _ = try? policy?.select(Pod(namespace: "db-eu", name: "p", annotations: ["tier": "data"]), interface: eth0)
    }
  }

  private func mutate(_ text: inout [UInt8], _ words: [[UInt8]], _ random: (Int) -> Int) {
    let at = random(text.count + 1)
    switch random(5) {
    case 0: text.insert(contentsOf: words[random(words.count)], at: at)
    case 1: text.removeSubrange(at..<min(text.count, at + 1 + random(12)))
    case 2: if at < text.count { text[at] = UInt8(truncatingIfNeeded: random(256)) }
    case 3:
      // Copies a piece of the text to another place.
      let piece = Array(text[at..<min(text.count, at + random(80))])
      text.insert(contentsOf: piece, at: random(text.count + 1))
    default:
      // Replaces a word of the text by another one.
      let end = min(text.count, at + 1 + random(10))
      text.replaceSubrange(at..<end, with: words[random(words.count)])
    }
  }
}
