import Foundation
import JSON
import TestSupport
import Testing

/// An ADD on the kernel fails for no reason that the policy and the Pod tell: the planning refuses all of these before anything is
/// made.
///
/// BRAID_ADDS is how many Pods must succeed; BRAID_SEED tries others than the usual ones.
@Suite struct ForeseenAddTests {
  private static let adds = ProcessInfo.processInfo.environment["BRAID_ADDS"].flatMap { Int($0) } ?? 20
  private static let podsOfAPolicy = 6

  /// Parts of refusals that depend on the node or on other Pods.
  private static let reasonsOfTheNode = [
    // Another interface of the Pod, or another Pod, uses the bridge with another subnet.
    "already has an IP address different from",
    // The address is reserved for another interface of the Pod.
    "is not available in range set",
    "has been allocated to",
  ]

  @Test func whatThePlanningAcceptsWorks() throws {
    let seed = ProcessInfo.processInfo.environment["BRAID_SEED"].flatMap { UInt64($0) } ?? 12
    print("ForeseenAddTests: BRAID_SEED=\(seed), until \(Self.adds) ADDs succeed")
    var random = RandomPods(seed: seed, externals: false)
    let lab = try Lab()
    var (made, failed) = (0, 0)
    for round in 0..<Self.adds * 3 where made < Self.adds {
      let policy = "apiVersion: braid/v1\nkind: Policy\n" + random.policy()
      try lab.setPolicy(policy)
      for i in 0..<Self.podsOfAPolicy {
        let pod = random.pod()
        let container = try ScratchNamespace()
        try container.turnOffDuplicateDetection()
        let annotations = JSONObject(pod.annotations.map { .init($0.key, .string($0.value)) })
        var call = lab.call(
          "f\(round)-\(i)", container,
          keys: ["runtimeConfig": .object(["io.kubernetes.cri.pod-annotations": .object(annotations)])])
        call.args = pod.args
        let answer = try call.run(on: lab.node)
        if answer.succeeded {
          made += 1
        } else {
          let text = try answer.error().text
          // The planning's errors begin with the place in the policy. Nothing has been made then.
          let isOfPlanning = text.hasPrefix(lab.directory["policy.yaml"])
          if !isOfPlanning { failed += 1 }
          #expect(
            isOfPlanning || Self.reasonsOfTheNode.contains { text.contains($0) },
            "seed \(seed)\n\(policy)\n\(pod)\n\(text)")
        }
        _ = try call.with("DEL").run(on: lab.node).result()
        #expect(lab.left == [], "seed \(seed)")
      }
    }
    print("ForeseenAddTests: \(made) made, \(failed) refused for reasons of the node")
    #expect(made >= Self.adds)
  }
}
