import Dispatch
import JSON
import Synchronization
import TestSupport
import Testing

/// Runtimes call plugins for different containers at the same time (section 2, "Lifecycle & Ordering").
let parallelCases: [Case] = [
  Case("spec 3", "8 containers at once on a bridge that is not there yet", [.bridge]) { b in
    let own: JSONObject = ["bridge": "br0", "isDefaultGateway": true, "ipam": hostLocal("10.1.0.0/24", "fd01::/64")]
    try b.atOnce(own)
    #expect(try b.node.links() == ["br0"] && b.node.addresses("br0") == ["10.1.0.1/24", "fd01::1/64"])
  },
  Case("spec 3", "8 containers at once on a master", [.macvlan]) { b in
    try b.atOnce(b.connected())
    #expect(try b.node.links().sorted() == ["lan0", "nic0"])
  },
  Case("spec 3", "8 containers at once get 8 addresses", [.hostLocal]) { b in
    try b.atOnce(["ipam": hostLocal("10.1.0.0/24")])
  },
]

extension Bench {
  /// ADD of 8 containers at once, then their DEL at once.
  fileprivate func atOnce(_ own: JSONObject) throws {
    let pods = try (0..<8).map { _ in try Pod() }
    let calls = pods.map { pod in prepared("ADD", own, pod) }
    let answers = Mutex<[PluginAnswer]>([])
    func run(_ calls: [PluginCall], on node: ScratchNamespace) {
      DispatchQueue.concurrentPerform(iterations: calls.count) { i in
        if let answer = try? calls[i].run(on: node) { answers.withLock { $0.append(answer) } }
      }
    }
    run(calls, on: node)
    let results = answers.withLock { $0 }
    for answer in results where !answer.succeeded { Issue.record("\(answer)") }
    let addresses = results.flatMap { ($0.object?["ips"]?.list ?? []).map { $0["address"].text } }
    #expect(results.count == 8 && Set(addresses).count == addresses.count && addresses.count >= 8)
    #expect(try reserved().count == addresses.count)
    run(calls.map { $0.with("DEL") }, on: node)
    for answer in answers.withLock({ $0 }) where !answer.succeeded { Issue.record("\(answer)") }
    #expect(try reserved().isEmpty)
    for pod in pods { #expect(try pod.namespace.links().isEmpty) }
  }
}
