import CNI
import Foundation
import JSON
import NetworkTypes
import System
import TestSupport
import Testing

@testable import Engine
@testable import Policy

/// Every record that is written can be read back. An ADD with any other record is refused before anything is touched.
@Suite struct RecordLimitTests {
  private func record(
    rule: String = "r", configuration: JSONObject = [:], results: [CNIResult] = [], state: Record.State = .complete
  ) throws -> Record {
    let attachment = PlannedAttachment(
      network: network("pods"), interface: name("eth0"), defaultRoute: .init(),
      delegates: [.init(type: "x", configuration: configuration)], args: .none, isChecked: true, isInResult: true)
    return Record(
      state: state, containerID: try ContainerID("c1"), ifName: name("eth0"), configuration: "braid", netns: "/n",
      netnsIdentity: .init(device: 4, inode: 5), bootID: "b", path: [], plan: Plan(rule: rule, attachments: [attachment]),
      results: results, result: results.first)
  }

  /// A random value, at most so deep. Its strings have every kind of byte that JSON escapes, and its numbers every form.
  private func value(_ depth: Int, _ random: inout SeededGenerator) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .number(random.pick(["0", "-0", "1.50", "1e400", "18446744073709551616", "-1.5E+3"]))
    case 3, 4: return .string(text(&random))
    case 5, 6: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1, &random) })
    default:
      let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        JSONObject.Member(text(&random), value(depth - 1, &random))
      }
      return .object(JSONObject(members))
    }
  }

  private func text(_ random: inout SeededGenerator) -> String {
    let parts = [
      "", "a", "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1f}", "\u{7f}", "\u{301}", "é", "😀", "\u{2028}", "/", "ipam",
    ]
    return (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(parts) }.joined()
  }

  /// A value with a spine of arrays and objects, so many deep.
  private func spine(_ depth: Int, _ random: inout SeededGenerator) -> JSON {
    var inner = value(0, &random)
    for _ in 0..<depth { inner = Bool.random(using: &random) ? [inner] : ["a": inner] }
    return inner
  }

  @Test(arguments: 0..<4) func whateverIsWrittenIsReadBack(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var (written, refused) = (0, 0)
    for _ in 0..<400 {
      let deep = spine(Int.random(in: 0...(random.chance(50) ? 8 : 140), using: &random), &random)
      let configuration: JSONObject = ["name": "n", "type": "x", "args": deep, "more": value(5, &random)]
      let result = CNIResult(
        interfaces: [.init(name: text(&random), mac: text(&random), mtu: random.pick([nil, 0, 1400]), sandbox: text(&random))],
        ips: [
          .init(interface: random.pick([nil, 0, 7]), address: cidr("10.0.0.2/24"), gateway: random.pick([nil, ip("fd00::1")]))
        ],
        dns: .init(nameservers: [text(&random)], domain: text(&random), search: [text(&random)]))
      let record = try record(rule: text(&random), configuration: configuration, results: [result])
      let json = record.json
      #expect(json.textLength == json.text().utf8.count)
      let encoded: [UInt8]
      do { encoded = try record.encoded() } catch {
        guard case .recordTooLarge = error else { throw error }
        refused += 1
        #expect(json.depth > 128, "\(json.depth)")
        continue
      }
      written += 1
      // A number of 0 counts as absent in a result.
      let read = try Record(encoded, file: "f")
      #expect(read.plan == record.plan && read.json == json, "seed \(seed): \(String(decoding: encoded, as: UTF8.self))")
    }
    #expect(written > 100 && refused > 10, "\(written), \(refused)")
  }

  @Test func theLargestRecordIsReadAndALargerOneIsRefused() throws {
    let empty = try record(rule: "").encoded().count
    let room = RecordLimit.bytes - RecordLimit.reserve - empty
    let whole = try record(rule: String(repeating: "r", count: room))
    let encoded = try whole.encoded()
    #expect(encoded.count == RecordLimit.bytes - RecordLimit.reserve)
    #expect(try Record(encoded, file: "f") == whole)
    let larger = try record(rule: String(repeating: "r", count: room + 1))
    guard case .recordTooLarge(_, let bytes, let limit) = engineError({ _ = try larger.encoded() }) else {
      Issue.record("it is written")
      return
    }
    #expect(bytes == limit + 1)
    // An undo that fails adds its count. The record must not become too large by that.
    var undoing = whole
    undoing.countFailedUndo(now: .max)
    #expect(try Record(undoing.encoded(), file: "f") == undoing)
  }

  /// The merged result holds everything once more. As long as the room says yes, the last record fits.
  @Test func resultsThatTheRoomTakesFitTheRecord() throws {
    func result(_ bytes: Int) -> CNIResult {
      CNIResult(
        ips: [.init(address: cidr("10.0.0.2/24"))], dns: .init(search: [String(repeating: "\u{1}", count: bytes / 6)]))
    }
    var record = try record(state: .pending)
    record.plan = Plan(rule: "r", attachments: Array(repeating: record.plan.attachments[0], count: 5))
    var room = RecordRoom(record, written: try record.encoded().count)
    var refused = false
    for _ in 0..<5 {
      let next = result(2 << 20)
      guard room.fits(next) else {
        refused = true
        break
      }
      room.take(next)
      record.results.append(next)
    }
    #expect(refused && record.results.count == 3)
    let rest = result(room.bytes / 2 - 200)
    #expect(room.fits(rest))
    record.results.append(rest)
    record.result = CNIResult(merging: record.done, sandbox: record.netns)
    record.state = .complete
    #expect(try record.encoded().count <= RecordLimit.bytes)
  }

  // MARK: - The plan

  private static let policy = """
    networks:
      pods: {chain: [{type: bridge}]}
      extra: {chain: [{type: bridge, bridge: br1}, {type: meter}]}
    rules: [{name: r, attach: [{network: pods}]}]
    requests: [{namespaces: ["*"], networks: [extra], cniArgs: [a]}]
    """

  private func refusal(_ annotation: String?, args: JSON? = nil, policy: String = Self.policy) throws -> ErrorObject? {
    let bench = try EngineBench(policy)
    try bench.directory.write("meter", "#!/bin/sh\nexit 1\n", mode: 0o755)
    var more = JSONObject()
    if let annotation {
      more["runtimeConfig"] = [
        "io.kubernetes.cri.pod-annotations": ["k8s.v1.cni.cncf.io/networks": .string(annotation)]
      ]
    }
    if let args { more["args"] = args }
    let answered = bench.run(
      bench.variables("ADD", args: "K8S_POD_NAMESPACE=db"), stdin: JSON.object(bench.configuration(more)).text())
    #expect(bench.directory.list().allSatisfy { !$0.contains("c1@eth0") }, "no record, not even an unfinished one")
    return answered.error
  }

  private func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }

  @Test func argumentsThatAreTooDeepAreRefusedByTheirElement() throws {
    // The bench has no container's namespace. A plan that fits fails there.
    let annotation = { (depth: Int) in #"[{"name":"extra"},{"name":"extra","cni-args":{"a":\#(self.nested(depth))}}]"# }
    #expect(try refusal(annotation(120))?.code == 8)
    let error = try #require(try refusal(annotation(121)))
    #expect(error.code == 7)
    for part in ["k8s.v1.cni.cncf.io/networks, element 2", "\"extra\" (interface net2)", "cni-args.a", "nested 124 deep", "123"] {
      #expect(error.text.contains(part), "\(part) in \(error.text)")
    }
  }

  @Test func configurationsThatAreTooLargeTogetherAreRefused() throws {
    let policy = Self.policy.replacingOccurrences(
      of: "pods: {chain: [{type: bridge}]}", with: "pods: {chain: [{type: bridge}, {type: meter}]}")
    let large = JSON.string(String(repeating: "x", count: 5 << 20))
    #expect(try refusal(nil, args: ["example.com": ["big": large]])?.code == 8)
    let error = try #require(try refusal(nil, args: ["example.com": ["big": large]], policy: policy))
    #expect(error.code == 7 && error.text.contains("args.example.com.big") && error.text.contains("\(8 << 20)"), "\(error.text)")
  }

  /// `braidctl explain` says the same.
  @Test func explainRefusesTheSame() throws {
    let annotation = #"[{"name":"extra","cni-args":{"a":\#(nested(121))}}]"#
    let bench = try EngineBench(Self.policy)
    let policy = try Policy.load(bench.directory["policy.yaml"])
    let pod = Pod(namespace: "db", annotations: ["k8s.v1.cni.cncf.io/networks": annotation])
    let selection = try policy.select(pod, interface: name("eth0"))
    #expect(try selection.refusal(arguments: "")?.text == refusal(annotation)?.text)
  }
}
