import CNI
import Diagnostics
import Foundation
import JSON
import Plugins
import Policy
import TestSupport
import Testing

@testable import Engine

/// `braidctl explain` and the planning of an ADD agree about every Pod: one accepts what the other accepts, and both refuse the rest
/// with the same words.
///
/// BRAID_PLANS is how many plans are compared; by default as many as CI has time for. BRAID_SEED tries others than the usual
/// ones.
@Suite struct ForesightTests {
  private static let plans = ProcessInfo.processInfo.environment["BRAID_PLANS"].flatMap { Int($0) } ?? 6000
  private static let podsOfAPolicy = 25

  private struct Tally {
    var accepted = 0
    var refused: [String: Int] = [:]
    var unusablePolicies = 0

    var plans: Int { accepted + refused.values.reduce(0, +) }
  }

  @Test func explainAndAddAgree() throws {
    let seed = ProcessInfo.processInfo.environment["BRAID_SEED"].flatMap { UInt64($0) } ?? 12
    print("ForesightTests: BRAID_SEED=\(seed), \(Self.plans) plans")
    var random = RandomPods(seed: seed, externals: true)
    let bench = try EngineBench()
    for name in ["vrf", "portmap"] {
      try bench.directory.write(name, "#!/bin/sh\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bench.directory[name])
    }
    var tally = Tally()
    while tally.plans < Self.plans, tally.unusablePolicies < Self.plans {
      let text = random.policy().replacingOccurrences(of: "DIR", with: bench.directory.path)
      guard let policy = Self.policy(text) else {
        tally.unusablePolicies += 1
        continue
      }
      for _ in 0..<Self.podsOfAPolicy {
        let pod = random.pod()
        let (explained, planned) = (try Self.explained(policy, pod), try Self.planned(policy, pod, bench))
        guard explained == planned else {
          Issue.record(
            "seed \(seed)\n\(text)\n\(pod)\nexplain: \(explained ?? "accepts")\nADD: \(planned ?? "accepts")")
          return
        }
        if let planned { tally.refused[Self.kind(planned), default: 0] += 1 } else { tally.accepted += 1 }
      }
    }
    print("ForesightTests: \(tally.accepted) accepted, \(tally.plans - tally.accepted) refused")
    for (kind, count) in tally.refused.sorted(by: { $0.value > $1.value }) { print("  \(count)  \(kind)") }
    // A search that only ever sees one side shows nothing.
    #expect(tally.accepted > Self.plans / 5 && tally.accepted < Self.plans * 4 / 5, "\(tally)")
    #expect(tally.refused.count > 15, "\(tally)")
  }

  /// A policy that an ADD would use. Both sides refuse any other by the same call.
  private static func policy(_ text: String) -> Policy? {
    var findings = Findings()
    let whole = "apiVersion: braid/v1\nkind: Policy\n" + text
    return Policy.read([SourceFile(path: "policy.yaml", bytes: Array(whole.utf8))], checks: .errors, &findings)
  }

  /// The refusal of `explain`; nil if it accepts the Pod.
  private static func explained(_ policy: Policy, _ pod: RandomPods.Pod) throws -> String? {
    let parsed = try parsed(pod)
    do {
      return try policy.select(parsed, interface: name("eth0")).refusal(arguments: pod.args)?.text
    } catch { return "\(error)" }
  }

  /// The refusal of an ADD's planning; nil if the delegates are ready.
  private static func planned(_ policy: Policy, _ pod: RandomPods.Pod, _ bench: EngineBench) throws -> String? {
    let engine = try bench.engine(runtimeConfig(pod))
    let planner = engine.planner(try bench.invocation(bench.variables("ADD", args: pod.args)))
    let parsed = try Pod(engine.configuration.plugin, args: pod.args)
    let selection: Selection
    do { selection = try policy.select(parsed, interface: name("eth0")) } catch { return "\(error)" }
    do {
      _ = try planner.prepared(planner.plan(selection), selection)
      return nil
    } catch { return ErrorObject(error).text }
  }

  private static func parsed(_ pod: RandomPods.Pod) throws -> Pod {
    let base: JSONObject = ["name": "braid", "cniVersion": "1.0.0"]
    return try Pod(PluginConfiguration(JSONObject(base.members + runtimeConfig(pod).members)), args: pod.args)
  }

  private static func runtimeConfig(_ pod: RandomPods.Pod) -> JSONObject {
    let annotations = JSONObject(pod.annotations.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    return ["runtimeConfig": .object(["io.kubernetes.cri.pod-annotations": .object(annotations)])]
  }

  /// A refusal without what is particular to it.
  private static func kind(_ text: String) -> String {
    let words = text.split(separator: " ").filter { word in !word.contains(where: { $0.isNumber }) && !word.contains("\"") }
    return words.prefix(14).joined(separator: " ")
  }
}

extension Pod {
  fileprivate init(_ configuration: PluginConfiguration, args: String) throws {
    try self.init(CNIArguments(args), configuration: configuration.object)
  }
}
