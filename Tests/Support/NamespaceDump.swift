import Glibc
import JSON

/// The whole content of a namespace as text, to compare it before and after a call.
///
/// Values that the kernel changes by itself are left out: timers, ages, learned neighbours and addresses of a bridge, counters, and a
/// bridge's carrier, which follows its ports with a delay. The order in which the kernel lists objects is left out too.
package struct NamespaceDump: Equatable, Sendable, CustomStringConvertible {
  /// The sections by their command, with one object per line.
  package private(set) var sections: [(title: String, lines: [String])] = []

  /// First waits up to 3 s for the end of duplicate address detection, because addresses and routes change then.
  package init(_ namespace: ScratchNamespace) throws {
    for _ in 0..<60 where try !Self.isSettled(namespace) { usleep(50_000) }
    try add("link", namespace.json(.ip, "-d", "link", "show"))
    try add("addr", namespace.json(.ip, "addr", "show"))
    for family in ["-4", "-6"] {
      try add("route \(family)", namespace.json(.ip, family, "route", "show", "table", "all"))
      try add("rule \(family)", namespace.json(.ip, family, "rule", "show"))
    }
    try add("neigh", namespace.json(.ip, "neigh", "show", "nud", "permanent"))
    try add("fdb", namespace.json(.bridge, "fdb", "show", "state", "permanent"))
    try add("vlan", namespace.json(.bridge, "vlan", "show"))
    try addTrafficControl(namespace)
    if Command.find("nft") != nil {
      let ruleset = try Command("nft", "--stateless", "list", "ruleset").require(in: namespace)
      sections.append(("nft", Self.withoutConstants(ruleset.split(separator: "\n").map(String.init))))
    }
  }

  /// The ruleset without Braid's table, which stays for the next Pod. A Pod's part of the table is elements, which bear its name.
  private static func withoutConstants(_ ruleset: [String]) -> [String] {
    var isConstant = false
    return ruleset.filter { line in
      if line.hasPrefix("table ") { isConstant = line.hasPrefix("table inet braid ") }
      return !isConstant || line.contains("comment \"container ")
    }
  }

  /// The qdiscs, and for links with others than the kernel's own also classes and filters.
  private mutating func addTrafficControl(_ namespace: ScratchNamespace) throws {
    let qdiscs = try namespace.json(.tc, "-d", "qdisc", "show")
    add("qdisc", qdiscs)
    let links = Set((qdiscs.array ?? []).compactMap(\.object).filter { $0["handle"] != "0:" }.compactMap { $0["dev"]?.string })
    for link in links.sorted() {
      // Of some kinds of qdiscs, tc(8) does not write the classes as JSON.
      try addLines("class \(link)", "class", "show", "dev", link)
      for place in ["root", "ingress"] {
        try addLines("filter \(link) \(place)", "filter", "show", "dev", link, place)
      }
    }

    func addLines(_ title: String, _ words: String...) throws {
      let text = try Command(["tc", "-d"] + words).require(in: namespace)
      sections.append((title, text.split(separator: "\n").map(String.init)))
    }
  }

  private static func isSettled(_ namespace: ScratchNamespace) throws -> Bool {
    try namespace.run("ip", "-6", "address", "show", "tentative", "up").isEmpty
  }

  private mutating func add(_ title: String, _ dump: JSON) {
    sections.append((title, (dump.array ?? [dump]).map { Self.stable($0).text() }.sorted()))
  }

  private static let volatile: Set = [
    "gc_timer", "hello_timer", "tcn_timer", "topology_change_timer", "topology_change", "topology_change_detected",
    "message_age_timer", "forward_delay_timer", "hold_timer", "bridge_id", "root_id", "valid_life_time", "preferred_life_time",
    "stats", "stats64", "operstate", "used", "confirmed", "updated", "refcnt", "direct_packets_stat", "linkinfo_timers",
    "tentative",
  ]

  /// The flags of links and routes that follow the carrier.
  private static let carrier: Set<JSON> = ["NO-CARRIER", "LOWER_UP", "linkdown"]

  private static func stable(_ value: JSON) -> JSON {
    switch value {
    case .array(let items): .array(items.filter { !carrier.contains($0) }.map(stable))
    case .object(let object):
      .object(
        JSONObject(object.members.filter { !volatile.contains($0.name) }.map { .init($0.name, stable($0.value)) }))
    default: value
    }
  }

  package static func == (a: Self, b: Self) -> Bool { a.description == b.description }

  package var description: String {
    sections.map { "== \($0.title)\n" + $0.lines.map { $0 + "\n" }.joined() }.joined()
  }

  /// The lines that the other dump lacks (`-`) or has in addition (`+`), each with its section. Empty if they are equal.
  package func difference(to other: NamespaceDump) -> [String] {
    var found: [String] = []
    for (mine, theirs) in zip(sections, other.sections) {
      for change in theirs.lines.difference(from: mine.lines) {
        switch change {
        case .remove(_, let line, _): found.append("- \(mine.title): \(line)")
        case .insert(_, let line, _): found.append("+ \(mine.title): \(line)")
        }
      }
    }
    return found
  }
}
