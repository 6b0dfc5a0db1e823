import TestSupport

@testable import Policy

/// Random policies of a few files with every kind of condition and request. They use few words, so that they often match a Pod.
enum RandomPolicy {
  private static let words = ["a", "ab", "b", "team", "team-1", "é", "e\u{301}", "日本", "x*y", "K", "\u{212a}", "", "A"]
  private static let patterns = [
    "a", "*", "a*", "*b", "?", "??", "t*m*", "team-?", "é", "e\u{301}", "*\u{301}", "日?", "x\\*y", "x*y", "\\?", "*a*b*", "b",
    "K",
    "nobody", "no-one*", "*-none", "z?z",
  ]
  private static let networks = ["n0", "n1", "n2", "team.n1", "a.n0", "b.n2", "n3", "far"]

  static func files(_ random: inout SeededGenerator) -> [(String, String)] {
    let count = Int.random(in: 1...4, using: &random)
    var files = (0..<count).map { _ in (networks: "", rules: "", requests: "") }
    for (i, name) in networks.enumerated() {
      let file = Int.random(in: 0..<count, using: &random)
      let chain = "chain: [{type: bridge, bridge: br\(i), ipam: {type: host-local, subnet: 10.\(i).0.0/16}}, {type: portmap}]"
      files[file].networks += "  \(name): {\(i % 3 == 0 ? "disableCheck: true, " : "")\(chain)}\n"
    }
    for i in 0..<Int.random(in: 40...120, using: &random) {
      let file = Int.random(in: 0..<count, using: &random)
      files[file].rules += rule(i, anchored: file == 0 && !files[0].rules.isEmpty, &random)
    }
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let granted = some(
        [", defaultRoute: ipv4", ", defaultNetwork: true", ", interfaces: [\"x*\"]", ", maxNetworks: 1"], &random)
      files[Int.random(in: 0..<count, using: &random)].requests +=
        "  - {namespaces: \(globs(&random)), networks: [\(some(networks, &random).joined(separator: ", "))]\(granted.joined())}\n"
    }
    let padding = String(repeating: "# to be large enough\n", count: 400)
    return files.enumerated().map { (i, file) in
      let parts = [("networks", file.networks), ("rules", file.rules), ("requests", file.requests)].shuffled(using: &random)
      let text = parts.filter { !$0.1.isEmpty }.map { "\($0.0):\n\($0.1)" }.joined()
      return ("\(i)0.yaml", "apiVersion: braid/v1\nkind: Policy\n" + text + padding)
    }
  }

  private static func rule(_ i: Int, anchored: Bool, _ random: inout SeededGenerator) -> String {
    let match = anchored && Int.random(in: 0..<8, using: &random) == 0 ? "*m" : "{\(conditions(&random, not: true))}"
    let attached = some(networks, &random).enumerated().map { (j, name) in
      "{network: \(name)\(j > 0 && Bool.random(using: &random) ? ", interface: i\(j)" : "")}"
    }
    // Other rules may copy the match of the first rule of the first file. A rule without a match comes late, if at all.
    let anchor = i == 0 || !anchored ? "&m " : ""
    return "  - {name: r\(i), match: \(match == "*m" ? match : anchor + match), attach: [\(attached.joined(separator: ", "))]}\n"
  }

  private static func conditions(_ random: inout SeededGenerator, not isWithNot: Bool) -> String {
    var conditions: [String] = []
    for kind in some(Array(0..<(isWithNot ? 6 : 5)), &random) {
      switch kind {
      case 0: conditions.append("namespaces: \(globs(&random))")
      case 1: conditions.append("pods: \(globs(&random))")
      case 2: conditions.append("annotations: \(tests(&random))")
      case 3: conditions.append("labels: \(tests(&random))")
      case 4: conditions.append("arguments: \(tests(&random))")
      default:
        let nots = (0..<Int.random(in: 1...2, using: &random)).map { _ in "{\(group(&random))}" }
        conditions.append("not: [\(nots.joined(separator: ", "))]")
      }
    }
    return conditions.joined(separator: ", ")
  }

  private static func group(_ random: inout SeededGenerator) -> String { conditions(&random, not: false) }

  private static func globs(_ random: inout SeededGenerator) -> String {
    "[\(some(patterns, &random).map(quoted).joined(separator: ", "))]"
  }

  private static func tests(_ random: inout SeededGenerator) -> String {
    let names = ["k", "l"].filter { _ in Bool.random(using: &random) }
    let tests = (names.isEmpty ? ["k"] : names).map { name in
      switch Int.random(in: 0..<4, using: &random) {
      case 0: "\(name): {equals: \(quoted(words.randomElement(using: &random)!))}"
      case 1: "\(name): {exists: \(Bool.random(using: &random))}"
      case 2: "\(name): \"\""
      default: "\(name): \(quoted(patterns.randomElement(using: &random)!))"
      }
    }
    return "{\(tests.joined(separator: ", "))}"
  }

  static func pod(_ random: inout SeededGenerator) -> Pod {
    func word(_ random: inout SeededGenerator) -> String? {
      Int.random(in: 0..<4, using: &random) == 0 ? nil : words.randomElement(using: &random)
    }
    func values(_ random: inout SeededGenerator) -> TextsByName {
      var values: TextsByName = [:]
      for name in ["k", "l"] { values[name] = word(&random) }
      return values
    }
    var pod = Pod(
      namespace: word(&random).flatMap { $0.isEmpty ? nil : $0 }, name: word(&random), annotations: values(&random),
      labels: values(&random), otherArguments: values(&random))
    let requests = [
      "n0", "n1@x1", "team/n1", "n1,n2", "a/n0", "far", "nope", "", "[", "[{\"name\": \"n2\", \"namespace\": \"b\"}]", "[]",
      "[{\"name\": \"n1\", \"default-route\": [\"10.1.0.1\"]}]", "N0", "n3,n3",
    ]
    if Bool.random(using: &random) {
      pod.annotations[RequestAnnotation.networks.rawValue] = requests.randomElement(using: &random)
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      pod.annotations[RequestAnnotation.defaultNetwork.rawValue] = requests.randomElement(using: &random)
    }
    return pod
  }

  /// At least one.
  private static func some<T>(_ all: [T], _ random: inout SeededGenerator) -> [T] {
    Array(all.shuffled(using: &random).prefix(Int.random(in: 1...min(3, all.count), using: &random)))
  }

  private static func quoted(_ text: String) -> String { "\"\(text.replacing("\\", with: "\\\\"))\"" }
}
