import Foundation
import JSON
import Synchronization
import TestSupport

/// Takes every configuration that a case gives to ADD through ADD, CHECK and DEL: in every version, as the plugin and as a network of braid.
///
/// The case's own expectations do not count here, because the rehearsal changes the node before the case does.
final class Rehearsal {
  /// What CHECK or DEL refused right after an ADD that succeeded.
  private(set) var flaws: [String] = []

  /// The configurations that were rehearsed, on the links that the node had. Many cases share one.
  private static let seen = Mutex<Set<String>>([])
  /// How many ADDs succeeded: of the plugins, and of braid.
  static let accepted = Mutex<(plugin: Int, braid: Int)>((0, 0))

  func run(_ bench: Bench, _ own: JSONObject, change: (inout PluginCall) -> Void) throws {
    let before = try bench.node.links()
    let key = "\(bench.plugin) \(before.sorted()) \(JSON.object(own).text())".replacing(bench.directory.path, with: "")
    guard own["prevResult"] == nil, Self.seen.withLock({ $0.insert(key).inserted }) else { return }
    let pod = try Pod()
    let directory = try TemporaryDirectory()
    for spec in Spec.allCases {
      var own = own.with("cniVersion", .string(spec.rawValue))
      if var ipam = own["ipam"]?.object, ipam["type"] == "host-local" {
        ipam["dataDir"] = .string(directory["networks"])
        own["ipam"] = .object(ipam)
      }
      let whole = bench.configuration(own)
      var call = bench.prepared("ADD", own, pod)
      change(&call)
      (call.containerID, call.netns, call.ifName) = (pod.id, pod.namespace.path, pod.ifName)
      for (program, configuration) in [(call.executable, whole), (Products.braid, try braid(whole, directory))] {
        (call.executable, call.stdin) = (program, Array(JSON.object(configuration).text().utf8))
        try live(call, configuration, spec, bench)
        for link in try bench.node.links() where !before.contains(link) {
          _ = try Command("ip", "link", "delete", link).run(in: bench.node)
        }
      }
    }
  }

  /// A configuration of braid with a policy whose only network has this plugin.
  private func braid(_ plugin: JSONObject, _ directory: TemporaryDirectory) throws -> JSONObject {
    var entry = plugin
    for key in ["cniVersion", "name"] { entry[key] = nil }
    let policy: JSON = [
      "apiVersion": "braid/v1", "kind": "Policy",
      "networks": ["net1": ["cniVersion": plugin["cniVersion"] ?? .null, "chain": [.object(entry)]]],
      "rules": [["name": "everyone", "attach": [["network": "net1"]]]],
    ]
    try directory.write("policy.yaml", policy.text(pretty: true))
    return [
      "cniVersion": "1.1.0", "name": "braid", "type": "braid", "policy": .string(directory["policy.yaml"]),
      "stateDir": .string(directory["state"]),
    ]
  }

  /// ADD, CHECK and DEL. An ADD that is refused is no flaw.
  private func live(_ add: PluginCall, _ configuration: JSONObject, _ spec: Spec, _ bench: Bench) throws {
    let answer = try add.run(on: bench.node)
    let isBraid = add.executable == Products.braid
    if answer.succeeded {
      Self.accepted.withLock { if isBraid { $0.braid += 1 } else { $0.plugin += 1 } }
      if isBraid || Spec.withCheck.contains(spec) {
        var check = add.with("CHECK")
        if !isBraid, let result = answer.object {
          check.stdin = Array(JSON.object(configuration.with("prevResult", .object(result))).text().utf8)
        }
        report(try check.run(on: bench.node), "CHECK", add, spec)
      }
    }
    report(try add.with("DEL").run(on: bench.node), "DEL", add, spec)
  }

  private func report(_ answer: PluginAnswer, _ operation: String, _ add: PluginCall, _ spec: Spec) {
    guard !answer.succeeded else { return }
    let program = (add.executable as NSString).lastPathComponent
    flaws.append("\(operation) of \(program), \(spec.rawValue): \(answer)\n\(String(decoding: add.stdin, as: UTF8.self))")
  }
}
