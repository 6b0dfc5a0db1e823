import Diagnostics
import Foundation
import Glibc
import NetworkTypes
import TestSupport
import Testing

@testable import Policy

/// Random policies and Pods: what is kept answers as the whole policy does.
@Suite struct PolicyCacheOracleTests {
  @Test(arguments: 0..<10 as Range<UInt64>) func itAnswersAsTheWholeDoes(_ seed: UInt64) throws {
    var random = Seeded(seed)
    let scratch = try TemporaryDirectory()
    for folder in ["state", "policy"] { mkdir(scratch[folder], 0o700) }
    for (name, text) in RandomPolicy.files(&random) { try scratch.write("policy/\(name)", text) }
    let lab = try CacheLab(path: scratch["policy"], state: scratch["state"])
    _ = lab.answer(Pod())
    #expect(scratch.list("state").contains { $0.hasSuffix(".cache") })
    for i in 0..<25 {
      let pod = RandomPolicy.pod(&random)
      let whole = lab.whole(pod)
      #expect(lab.answer(pod) == whole, "seed \(seed): \(pod)")
      if i < 5, whole.contains("bridge") { #expect(lab.part(pod) != nil, "seed \(seed): \(pod)") }
    }
  }

  /// What the reviewers of the first cache found: a Pod got another network or rule than by the whole policy.
  @Test(arguments: [
    // The namespace's own network is there, but nobody may ask for it; the node's of the same name may be asked for.
    (
      "networks: {n: {chain: [{type: bridge}]}, team.n: {chain: [{type: macvlan, master: e}]}}\nrules: [{name: r, attach: [{network: n}]}]\n"
        + "requests: [{namespaces: [\"*\"], networks: [n]}]\n",
      Pod(namespace: "team", annotations: ["k8s.v1.cni.cncf.io/networks": "n"]), "may not ask for the network \"team.n\""
    ),
    (
      "networks: {n: {chain: [{type: bridge}]}, team.n: {chain: [{type: macvlan, master: e}]}}\nrules: [{name: r, attach: [{network: n}]}]\n"
        + "requests: [{namespaces: [\"*\"], networks: [n]}]\n",
      Pod(namespace: "team", annotations: ["v1.multus-cni.io/default-network": "n"]), "may not ask for the network \"team.n\""
    ),
    // One character, written in two ways.
    (
      "networks: {n: {chain: [{type: bridge}]}}\nrules: [{name: one, match: {annotations: {k: {equals: \"\\u00e9\"}}}, attach: [{network: n}]},\n"
        + " {name: two, attach: [{network: n}]}]\n",
      Pod(annotations: ["k": "e\u{301}"]), "two "
    ),
    (
      "networks: {n: {chain: [{type: bridge}]}}\nrules: [{name: one, match: {annotations: {k: {equals: \"\\u00e9\"}}}, attach: [{network: n}]},\n"
        + " {name: two, attach: [{network: n}]}]\n",
      Pod(annotations: ["k": "\u{e9}"]), "one "
    ),
  ])
  func thePartIsNotLessStrict(_ text: String, _ pod: Pod, _ expected: String) throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let padding = String(repeating: "# padding\n", count: 1000)
    let path = try scratch.write("policy.yaml", "apiVersion: braid/v1\nkind: Policy\n" + text + padding)
    let lab = try CacheLab(path: path, state: scratch["state"])
    _ = lab.answer(Pod())
    #expect(lab.part(Pod()) != nil)
    #expect(lab.answer(pod).contains(expected), "\(lab.answer(pod))")
    #expect(lab.whole(pod).contains(expected), "\(lab.whole(pod))")
  }

  /// Whatever is changed of what is kept, or missing: the right answer, soon.
  @Test(arguments: 0..<2 as Range<UInt64>) func damageIsNoticed(_ seed: UInt64) throws {
    var random = Seeded(seed)
    let scratch = try TemporaryDirectory()
    for folder in ["state", "policy"] { mkdir(scratch[folder], 0o700) }
    for (name, text) in RandomPolicy.files(&random) { try scratch.write("policy/\(name)", text) }
    let lab = try CacheLab(path: scratch["policy"], state: scratch["state"])
    let pods = (0..<2).map { _ in RandomPolicy.pod(&random) }
    let answers = pods.map { lab.whole($0) }
    _ = lab.answer(Pod())
    let good = try lab.kept()
    let step = max(1, good.count / 60)
    var used = 0
    for offset in stride(from: 0, to: good.count, by: step) {
      var bytes = good
      switch offset / step % 4 {
      case 0: bytes.removeSubrange(offset...)
      case 1: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      // A count or an offset that is as large as can be; a piece that is somebody else's.
      case 2: bytes.replaceSubrange(offset..<min(offset + 4, bytes.count), with: [0xff, 0xff, 0xff, 0xff])
      default: bytes.replaceSubrange(offset..<min(offset + 64, bytes.count), with: good[(good.count / 3)...].prefix(64))
      }
      try lab.keep(bytes)
      for (pod, answer) in zip(pods, answers) {
        guard let part = lab.part(pod) else { continue }
        used += 1
        #expect(lab.through(part, pod) == answer, "seed \(seed), offset \(offset)")
      }
    }
    #expect(used > 0, "damage elsewhere does not matter")
  }
}

/// A policy with a state directory, asked with and without what is kept there.
private struct CacheLab {
  let path: String
  let state: String
  /// Read once.
  private let policy: Policy

  init(path: String, state: String) throws {
    (self.path, self.state) = (path, state)
    policy = try Policy.load(path)
  }

  private static let eth0 = try! InterfaceName("eth0")

  func answer(_ pod: Pod) -> String {
    let cache: PolicyCache? = PolicyCache(state, bootID: "boot")
    do { return text(try Policy.select(pod, interface: Self.eth0, path: path, cache: cache)) } catch { return text(error) }
  }

  func whole(_ pod: Pod) -> String {
    do { return text(try policy.select(pod, interface: Self.eth0)) } catch { return text(error) }
  }

  func part(_ pod: Pod) -> Policy? {
    var findings = Findings()
    let files = PolicySource.files(path, &findings)
    guard let cache = PolicyCache(state, bootID: "boot") else { return nil }
    return cache.part(for: pod, of: files, at: path)
  }

  /// What a call says that has a part: the whole policy's words where the part would refuse the Pod.
  func through(_ part: Policy, _ pod: Pod) -> String {
    guard let selection = try? part.select(pod, interface: Self.eth0) else { return whole(pod) }
    return text(selection)
  }

  private var file: String { "\(state)/\(PolicyCache.name(of: path))" }

  func kept() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) }

  func keep(_ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    chmod(file, 0o600)
  }

  private func text(_ error: any Error) -> String { "\(error)" }

  private func text(_ selection: Selection) -> String {
    let attached = selection.attachments.map { item in
      let place: String
      switch item.origin {
      case .rule(let span): place = span.description
      case .request(let annotation): place = annotation.rawValue
      }
      let chain = item.network.chain.map { "\($0.span.description) \($0.configuration)" }
      return
        "\(item.interface) \(item.network.name) \(item.network.span.description) \(place) \(item.options) \(item.defaultRoute) \(chain)"
    }
    return "\(selection.rule.name) \(selection.rule.span.description) \(attached.joined(separator: "\n"))"
  }
}

/// Policies of a few files with every kind of condition and request, over a few words so that Pods often meet them.
private enum RandomPolicy {
  private static let words = ["a", "ab", "b", "team", "team-1", "é", "e\u{301}", "日本", "x*y", "K", "\u{212a}", "", "A"]
  private static let patterns = [
    "a", "*", "a*", "*b", "?", "??", "t*m*", "team-?", "é", "e\u{301}", "*\u{301}", "日?", "x\\*y", "x*y", "\\?", "*a*b*", "b",
    "K",
    "nobody", "no-one*", "*-none", "z?z",
  ]
  private static let networks = ["n0", "n1", "n2", "team.n1", "a.n0", "b.n2", "n3", "far"]

  static func files(_ random: inout Seeded) -> [(String, String)] {
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
      files[Int.random(in: 0..<count, using: &random)].requests +=
        "  - {namespaces: \(globs(&random)), networks: [\(some(networks, &random).joined(separator: ", "))]}\n"
    }
    let padding = String(repeating: "# to be large enough\n", count: 400)
    return files.enumerated().map { (i, file) in
      let parts = [("networks", file.networks), ("rules", file.rules), ("requests", file.requests)].shuffled(using: &random)
      let text = parts.filter { !$0.1.isEmpty }.map { "\($0.0):\n\($0.1)" }.joined()
      return ("\(i)0.yaml", "apiVersion: braid/v1\nkind: Policy\n" + text + padding)
    }
  }

  private static func rule(_ i: Int, anchored: Bool, _ random: inout Seeded) -> String {
    let match = anchored && Int.random(in: 0..<8, using: &random) == 0 ? "*m" : "{\(conditions(&random, not: true))}"
    let attached = some(networks, &random).enumerated().map { (j, name) in
      "{network: \(name)\(j > 0 && Bool.random(using: &random) ? ", interface: i\(j)" : "")}"
    }
    // The first rule of the first file lends its match to others; one without any stands late, if at all.
    let anchor = i == 0 || !anchored ? "&m " : ""
    return "  - {name: r\(i), match: \(match == "*m" ? match : anchor + match), attach: [\(attached.joined(separator: ", "))]}\n"
  }

  private static func conditions(_ random: inout Seeded, not isWithNot: Bool) -> String {
    var conditions: [String] = []
    for kind in some(Array(0..<(isWithNot ? 6 : 5)), &random) {
      switch kind {
      case 0: conditions.append("namespaces: \(globs(&random))")
      case 1: conditions.append("pods: \(globs(&random))")
      case 2: conditions.append("annotations: \(tests(&random))")
      case 3: conditions.append("labels: \(tests(&random))")
      case 4: conditions.append("arguments: \(tests(&random))")
      default:
        let nots = (0..<Int.random(in: 1...2, using: &random)).map { _ in "{\(conditions_(&random))}" }
        conditions.append("not: [\(nots.joined(separator: ", "))]")
      }
    }
    return conditions.joined(separator: ", ")
  }

  private static func conditions_(_ random: inout Seeded) -> String { conditions(&random, not: false) }

  private static func globs(_ random: inout Seeded) -> String {
    "[\(some(patterns, &random).map(quoted).joined(separator: ", "))]"
  }

  private static func tests(_ random: inout Seeded) -> String {
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

  static func pod(_ random: inout Seeded) -> Pod {
    func word(_ random: inout Seeded) -> String? {
      Int.random(in: 0..<4, using: &random) == 0 ? nil : words.randomElement(using: &random)
    }
    func values(_ random: inout Seeded) -> [String: String] {
      var values: [String: String] = [:]
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
  private static func some<T>(_ all: [T], _ random: inout Seeded) -> [T] {
    Array(all.shuffled(using: &random).prefix(Int.random(in: 1...min(3, all.count), using: &random)))
  }

  private static func quoted(_ text: String) -> String { "\"\(text.replacing("\\", with: "\\\\"))\"" }
}

/// The same numbers for the same seed (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
