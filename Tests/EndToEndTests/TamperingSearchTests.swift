import Foundation
import JSON
import TestSupport
import Testing

/// A random search for what a Pod with CAP_NET_ADMIN in its own namespace can do to keep a link, to keep an address, or to make DEL fail.
///
/// `BRAID_TAMPERINGS` is the number of Pods (default 12), `BRAID_SEED` the first seed.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct TamperingSearchTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["BRAID_TAMPERINGS"].flatMap(Int.init) ?? 12
  private static let seed = environment["BRAID_SEED"].flatMap { UInt64($0) } ?? 1

  private static let networks =
    Lab.networks + """

        routed:
          chain:
            - {type: ptp, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.9.0.0/24}]]}}
        chained:
          chain:
            - {type: bridge, bridge: br-chained, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.8.0.0/24}]]}}
            - {type: passer}
      """

  private static let rules = """
    rules:
      - {name: chained, match: {namespaces: [chained]}, attach: [{network: chained}, {network: storage}]}
      - name: all
        attach: [{network: pods}, {network: storage}, {network: fabric}, {network: routed}, {network: storage, interface: net4}]
    """

  /// Passes on the result before it, without the members that it does not know: a plugin with an old library.
  private static let passer = """
    #!/bin/sh
    [ $CNI_COMMAND = ADD ] || exec cat >/dev/null
    exec sed 's/.*"prevResult":\\({.*}\\)}$/\\1/; s/"mtu":[0-9]*,//g'
    """

  @Test func delTakesEverythingThatIsBraidsAndNothingElse() throws {
    print("TamperingSearchTests: BRAID_SEED=\(Self.seed), \(Self.count) Pods")
    let lab = try Lab(Self.rules, networks: Self.networks)
    try lab.directory.write("bin/passer", Self.passer, mode: 0o755)
    let before = try NamespaceDump(lab.node)
    for number in 0..<Self.count {
      let seed = Self.seed &+ UInt64(number)
      let round = try Round(lab, seed)
      try round.run(before)
      // The rest is the same fault most often.
      guard round.faults.isEmpty else {
        Issue.record("seed \(seed):\n\(round.script)\n\(round.faults.joined(separator: "\n"))")
        return
      }
    }
  }
}

/// One Pod: ADD, tampering, and the end of the attachment.
private final class Round {
  let lab: Lab
  let pod: ScratchNamespace
  /// A namespace of the Pod's own, to which it moves links.
  let third: ScratchNamespace
  private let namespace: String
  private let id: String
  private var random: SeededGenerator
  private(set) var script = ""
  private(set) var faults: [String] = []

  init(_ lab: Lab, _ seed: UInt64) throws {
    (self.lab, pod, third, id) = (lab, try ScratchNamespace(), try ScratchNamespace(), "c\(seed)")
    random = SeededGenerator(seed)
    namespace = random.chance(25) ? "chained" : "db"
  }

  private func expect(_ isRight: Bool, _ fault: @autoclosure () -> String) { if !isRight { faults.append(fault()) } }

  private func call(_ command: String) -> PluginCall {
    var call = lab.call(id, pod, namespace: namespace, keys: ["cniVersion": "1.1.0"]).with(command)
    call.path = lab.directory["bin"]
    return call
  }

  func run(_ before: NamespaceDump) throws {
    _ = try call("ADD").run(on: lab.node).result()
    let made = try links(pod)
    let macs = made.compactMap { $0["address"]?.string }
    try tamper(TamperingScript(made))
    let own = (try marked(pod), try marked(third))
    let check = try call("CHECK").run(on: lab.node)
    if !check.succeeded { expect(try check.error().code == 5, "CHECK: \(check)") }
    try end()
    for (space, mine) in [(pod, own.0), (third, own.1)] {
      let (marked, foreign) = (try marked(space), try foreign(space))
      expect(marked == mine, "the Pod's own links were \(mine) and are \(marked)")
      // A macvlan in another namespace that shows nothing of its own could be another Pod's.
      let known = foreign.filter { space === pod || $0.isVeth || macs.contains($0.mac) }
      expect(known.isEmpty, "left: \(known)")
    }
    expect(lab.left == [], "left: \(lab.left)")
    let difference = before.difference(to: try NamespaceDump(lab.node))
    expect(difference == [], "the node: \(difference)")
  }

  private func tamper(_ writer: TamperingScript) throws {
    script = (0..<Int.random(in: 1...14, using: &random)).map { _ in writer.deed(&random) }.joined()
    let commands = script.replacingOccurrences(of: "THIRD", with: third.name)
    // Most random commands fail: a name is taken, a link is not there.
    _ = try Command("sh", "-c", "exec 2>/dev/null\n" + commands).run(in: pod)
  }

  /// Ends the attachment as a runtime may: by DEL, by DEL without the namespace's path, by GC, or by an ADD that replaces it, and DEL.
  private func end() throws {
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      var gc = call("GC")
      gc.stdin = Array(
        lab.call(id, nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]).stdin)
      let answer = try gc.run(on: lab.node)
      expect(answer.succeeded, "GC: \(answer)")
    case 1:
      var del = call("DEL")
      del.netns = nil
      let answer = try del.run(on: lab.node)
      expect(answer.succeeded, "DEL without CNI_NETNS: \(answer)")
    case 2, 3:
      // The Pod may have taken a name that the ADD needs.
      let add = try call("ADD").run(on: lab.node)
      if !add.succeeded { expect(try [4, 5, 7].contains(add.error().code), "ADD: \(add)") }
      fallthrough
    default:
      let answer = try call("DEL").run(on: lab.node)
      expect(answer.succeeded, "DEL: \(answer)")
    }
  }

  private func links(_ space: ScratchNamespace) throws -> [JSON] { try space.json(.ip, "link", "show").array ?? [] }

  /// The Pod marks its own links by an alias, which nothing changes.
  private func marked(_ space: ScratchNamespace) throws -> [String] {
    try links(space).compactMap { $0["ifalias"]?.string }.filter { $0.hasPrefix("mine") }.sorted()
  }

  /// The links that are neither the loopback nor the Pod's own.
  private func foreign(_ space: ScratchNamespace) throws -> [(name: String, mac: String, isVeth: Bool)] {
    let veths = Set(try space.json(.ip, "link", "show", "type", "veth").array?.compactMap { $0["ifindex"]?.int } ?? [])
    return try links(space).filter { $0["ifindex"]?.int != 1 && $0["ifalias"]?.string == nil }.map { link in
      (link["ifname"]?.string ?? "", link["address"]?.string ?? "", veths.contains(link["ifindex"]?.int ?? 0))
    }
  }
}

/// Writes random `ip` commands of a Pod.
private struct TamperingScript {
  private let names: [String]
  private let indices: [Int]
  private let macs: [String]
  private let groups: [String]

  /// `links` are those of the Pod after the ADD.
  init(_ links: [JSON]) {
    names = links.compactMap { $0["ifname"]?.string } + ["x0", "x1", "net9"]
    indices = links.compactMap { $0["ifindex"]?.int } + [40]
    macs = links.compactMap { $0["address"]?.string } + ["02:00:00:00:00:77"]
    groups = links.compactMap { $0["group"]?.string } + ["0", "7"]
  }

  func deed(_ random: inout SeededGenerator) -> String {
    let (a, b) = (random.pick(names), random.pick(names))
    let mark = "mine-\(Int.random(in: 0..<1_000_000, using: &random))"
    let index = random.chance(40) ? "index \(random.pick(indices)) " : ""
    switch Int.random(in: 0..<16, using: &random) {
    case 0, 1: return "ip link set \(a) down; ip link set \(a) name \(b)\n"
    case 2:
      return "for i in \(a) \(b); do ip link set $i down; done; ip link set \(a) name swap; ip link set \(b) name \(a); "
        + "ip link set swap name \(b)\n"
    case 3: return "ip link set \(a) down; ip link set \(a) address \(random.pick(macs))\n"
    case 4: return "ip link set \(a) group \(random.pick(groups))\n"
    case 5, 6: return "ip link set \(a) netns THIRD\n"
    case 7: return "ip -n THIRD link set \(a) netns $(ip netns identify $$)\n"
    case 8, 9: return "ip link delete \(a)\n"
    case 10: return made("ip link add \(b) \(index)type bridge", [b], mark)
    case 11: return made("ip link add \(b) \(index)type veth peer name \(a)", [a, b], mark)
    case 12:
      return made(
        "ip link add \(b) \(index)type veth peer name \(a) netns THIRD", [b], mark,
        " && ip -n THIRD link set \(a) alias \(mark)-1")
    case 13:
      return made("ip link add \(b) type bridge", [b], mark + "-lower")
        + made("ip link show \(b) type bridge | grep -q . && ip link add link \(b) \(index)name \(a) type macvlan", [a], mark)
    case 14: return "ip link property add dev \(a) altname \(b)\n"
    default: return "ip address flush dev \(a); ip link set \(a) down\n"
    }
  }

  /// A command that makes links, and marks them.
  private func made(_ command: String, _ links: [String], _ mark: String, _ more: String = "") -> String {
    command + links.enumerated().map { " && ip link set \($0.element) alias \(mark)-\($0.offset)" }.joined() + more + "\n"
  }
}
