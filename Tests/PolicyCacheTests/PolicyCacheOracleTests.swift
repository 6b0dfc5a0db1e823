import Diagnostics
import Foundation
import Glibc
import NetworkTypes
import TestSupport
import Testing

@testable import Policy
@testable import PolicyCache

/// Random policies and Pods: the kept form gives the same answers as the whole policy.
@Suite struct PolicyCacheOracleTests {
  @Test(arguments: 0..<10 as Range<UInt64>) func itAnswersAsTheWholeDoes(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
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

  /// Faults of the first cache: a Pod got another network or rule than by the whole policy.
  @Test(arguments: [
    // The namespace has a network of its own that nobody may ask for. Pods may ask for the node's network of the same name.
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
    // The same character in two encodings.
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

  /// If any part of the kept file is changed or missing, the answer is still right, and comes soon.
  @Test(arguments: 0..<2 as Range<UInt64>) func damageIsNoticed(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
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
      // The largest possible count or offset, and a part of another policy's file.
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

/// A policy with a state directory. It can answer with and without the kept form.
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
    do { return text(try Policy.select(pod, interface: Self.eth0, path: path, cache: cache).selection) } catch {
      return text(error)
    }
  }

  func whole(_ pod: Pod) -> String {
    do { return text(try policy.select(pod, interface: Self.eth0)) } catch { return text(error) }
  }

  func part(_ pod: Pod) -> Policy? {
    var findings = Findings()
    let paths = PolicySource.paths(path, &findings)
    guard let cache = PolicyCache(state, bootID: "boot") else { return nil }
    return cache.part(for: pod, of: paths, at: path)
  }

  /// The answer of a call that uses a part of the policy. If the part would refuse the Pod, the whole policy is asked.
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
      case .request(let annotation, let grant): place = "\(annotation.rawValue) \(grant.description)"
      }
      let chain = item.network.chain.map { "\($0.span.description) \($0.configuration)" }
      return
        "\(item.interface) \(item.network.name) \(item.network.span.description) \(place) \(item.options) \(item.defaultRoute) \(chain)"
    }
    return "\(selection.rule.name) \(selection.rule.span.description) \(attached.joined(separator: "\n"))"
  }
}
