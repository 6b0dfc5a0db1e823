import Diagnostics
import Foundation
import Glibc
import NetworkTypes
import TestSupport
import Testing

@testable import Policy
@testable import PolicyCache

/// The kept form of a large policy gives the same answers as the policy itself, or none.
@Suite struct PolicyCacheTests {
  private static let eth0 = try! InterfaceName("eth0")
  private static let pods: [Pod] =
    ["a", "b7", "b-70", "team-3", "team-3-x", "z", "", "ключ"].flatMap { namespace in
      [
        Pod(namespace: namespace, name: "web-1"), Pod(namespace: namespace, name: "db", annotations: ["k": "v17"]),
        Pod(namespace: namespace, annotations: ["k": "", "k8s.v1.cni.cncf.io/networks": "n3,n4@x1"]),
        Pod(namespace: namespace, name: "q", annotations: ["v1.multus-cni.io/default-network": "n9"], labels: ["l": "m"]),
        Pod(namespace: namespace, annotations: ["k8s.v1.cni.cncf.io/networks": "nope"], otherArguments: ["A": "b"]),
      ]
    } + [Pod()]

  /// Networks n0 to n9, and many rules of every kind of condition.
  private static func text(_ rules: [String], networks: Int = 10, tail: Bool = true) -> String {
    let head = "apiVersion: braid/v1\nkind: Policy\nnetworks:\n"
    let chains = (0..<networks).map {
      "  n\($0): {chain: [{type: bridge, bridge: br\($0), ipam: {type: host-local, subnet: 10.\($0).0.0/16}}]}\n"
    }
    let requests = "requests: [{namespaces: [\"team-*\", a], networks: [n3, n4, n9]}]\n"
    return head + chains.joined() + "rules:\n" + rules.joined()
      + (tail ? "  - {name: last, attach: [{network: n0}, {network: n1}]}\n" : "") + requests
  }

  private static func rules(_ count: Int, _ match: (Int) -> String) -> [String] {
    (0..<count).map { "  - {name: rule\($0), match: {\(match($0))}, attach: [{network: n\($0 % 10)}]}\n" }
  }

  private static func match(_ kind: Int, _ i: Int) -> String {
    switch kind {
    case 0: "namespaces: [team-\(i), \"b\(i)*\"]"
    case 1: "pods: [\"web-\(i)*\", d?]"
    case 2: "annotations: {k: \"v\(i)\"}"
    case 3: "annotations: {k: {exists: \(i % 2 == 0)}}, namespaces: [\"*-\(i)\"]"
    case 4: "labels: {l: {equals: m}}, not: {namespaces: [a, \"team-\(i)*\"]}"
    case 5: "arguments: {A: \"*\"}, pods: ['\\*\(i)']"
    case 6: "annotations: {k: \"\"}, namespaces: [\"?\"]"
    default: "namespaces: [\"*\"], pods: [q, \"r\(i)\"]"
    }
  }

  /// A Pod's selection as text, through the kept form if a directory is given.
  private func selection(_ pod: Pod, _ path: String, state: String?) -> String {
    do {
      let cache: PolicyCache? = if let state { PolicyCache(state, bootID: "boot") } else { nil }
      let selection = try Policy.select(pod, interface: Self.eth0, path: path, cache: cache).selection
      let attached = selection.attachments.map { item in
        let place: String
        switch item.origin {
        case .rule(let span): place = span.description
        case .request(let annotation, let grant): place = "\(annotation.rawValue) \(grant.description)"
        }
        return
          "\(item.interface) \(item.network.name) \(place) \(item.network.chain[0].span.description) \(item.network.chain[0].configuration)"
      }
      return "\(selection.rule.name) \(selection.rule.span.description) \(attached)"
    } catch { return "\(error)" }
  }

  private func part(_ pod: Pod, _ state: String, boot: String = "boot", of paths: [String], at path: String) -> Policy? {
    guard let cache = PolicyCache(state, bootID: boot) else { return nil }
    return cache.part(for: pod, of: paths, at: path)
  }

  private func inode(_ scratch: TemporaryDirectory, _ path: String) -> UInt64? {
    var status = stat()
    return lstat(scratch["state/\(PolicyCache.name(of: path))"], &status) == 0 ? UInt64(status.st_ino) : nil
  }

  @Test(arguments: 0..<8) func itAnswersAsThePolicyDoes(_ kind: Int) throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let path = try scratch.write("policy.yaml", Self.text(Self.rules(200) { Self.match(kind, $0) }))
    let state = scratch["state"]
    _ = selection(Pod(), path, state: state)
    #expect(inode(scratch, path) != nil)
    for pod in Self.pods { #expect(selection(pod, path, state: state) == selection(pod, path, state: nil), "\(pod)") }
    #expect(
      part(Pod(namespace: "z"), state, of: [path], at: path) != nil)
  }

  @Test func severalFiles() throws {
    let scratch = try TemporaryDirectory()
    for folder in ["state", "policy"] { mkdir(scratch[folder], 0o700) }
    let head = "apiVersion: braid/v1\nkind: Policy\n"
    try scratch.write("policy/10.yaml", Self.text(Self.rules(100) { Self.match(0, $0) }, tail: false))
    try scratch.write(
      "policy/20.yaml", head + "rules:\n" + Self.rules(100) { "pods: [\"web-\($0)\"]" }.joined().replacing("rule", with: "more"))
    try scratch.write(
      "policy/30.yaml", head + "networks: {far: {chain: [{type: bridge}]}}\nrules: [{name: end, attach: [{network: far}]}]\n")
    let state = scratch["state"]
    let path = scratch["policy"]
    _ = selection(Pod(), path, state: state)
    #expect(inode(scratch, path) != nil)
    for pod in Self.pods { #expect(selection(pod, path, state: state) == selection(pod, path, state: nil), "\(pod)") }
    // One more file; the others have the same bytes.
    try scratch.write("policy/05.yaml", head + "rules: [{name: first, attach: [{network: n2}]}]\n")
    #expect(selection(Pod(), path, state: state).hasPrefix("first "))
  }

  /// Every changed byte counts, even if the file's length and time stay the same.
  @Test func aStaleOneIsNeverUsed() throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let state = scratch["state"]
    for round in 0..<20 {
      let text = Self.text(Self.rules(150) { "namespaces: [x\($0)]" }).replacing(
        "{name: last, attach: [{network: n0}", with: "{name: last, attach: [{network: n\(round % 2 + 5)}")
      try scratch.write("policy.yaml", text)
      for _ in 0..<2 { #expect(selection(Pod(), scratch["policy.yaml"], state: state).contains("eth0 n\(round % 2 + 5) ")) }
    }
    try scratch.write("policy.yaml", Self.text(Self.rules(150) { "namespaces: [x\($0)]" }) + "broken: [\n")
    #expect(selection(Pod(), scratch["policy.yaml"], state: state).contains("BRD"))
  }

  @Test func anotherBootAndOddFilesDoNotCount() throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let path = try scratch.write("policy.yaml", Self.text(Self.rules(300) { Self.match(0, $0) }))
    let state = scratch["state"]
    let expected = selection(Pod(namespace: "z"), path, state: state)
    let kept = scratch["state/\(PolicyCache.name(of: path))"]
    #expect(part(Pod(namespace: "z"), state, of: [path], at: path) != nil)
    #expect(part(Pod(namespace: "z"), state, boot: "later", of: [path], at: path) == nil)
    unlink(kept)
    mkfifo(kept, 0o600)
    #expect(selection(Pod(namespace: "z"), path, state: state) == expected)
    unlink(kept)
    // A file larger than the limit, made as a sparse file because that needs no disk space.
    try Data().write(to: URL(fileURLWithPath: kept))
    truncate(kept, 1 << 40)
    #expect(selection(Pod(namespace: "z"), path, state: state) == expected)
    #expect(part(Pod(namespace: "z"), state, of: [path], at: path) != nil, "it is kept anew")
    chmod(kept, 0o622)
    #expect(part(Pod(namespace: "z"), state, of: [path], at: path) == nil)
  }

  /// Two policies in one state directory, as with two networks of Podman.
  @Test func severalPoliciesDoNotTakeTurns() throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let paths = (0..<PolicyCache.places + 4).map { scratch["\($0).yaml"] }
    let text = Self.text(Self.rules(300) { Self.match(0, $0) })
    func keep(_ path: String) throws {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      _ = selection(Pod(), path, state: scratch["state"])
    }
    func isKept(_ path: String) -> Bool { part(Pod(namespace: "z"), scratch["state"], of: [path], at: path) != nil }
    for path in paths.prefix(PolicyCache.places) { try keep(path) }
    for path in paths.prefix(PolicyCache.places) { #expect(isKept(path)) }
    // One policy more than there are places replaces another.
    for path in paths.dropFirst(PolicyCache.places) {
      try keep(path)
      #expect(isKept(path) && paths.count(where: isKept) == PolicyCache.places)
    }
  }

  /// Refusing a Pod again does not write the file again.
  @Test func whatIsKeptIsNotKeptAgain() throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let path = try scratch.write("policy.yaml", Self.text(Self.rules(300) { Self.match(0, $0) }, tail: false))
    let first = selection(Pod(), path, state: scratch["state"])
    let before = inode(scratch, path)
    #expect(before != nil)
    #expect(selection(Pod(), path, state: scratch["state"]) == first)
    #expect(inode(scratch, path) == before)
  }

  @Test func smallPoliciesAreNotKept() throws {
    let scratch = try TemporaryDirectory()
    mkdir(scratch["state"], 0o700)
    let path = try scratch.write("policy.yaml", Self.text([]))
    let state = scratch["state"]
    _ = selection(Pod(), path, state: state)
    #expect(inode(scratch, path) == nil)
  }
}
