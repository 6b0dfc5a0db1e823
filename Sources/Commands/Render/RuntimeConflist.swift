import JSON
import PluginModel
import Policy

/// The file by which a runtime calls Braid with a policy.
enum RuntimeConflist {
  /// The capabilities are those that something in the policy can use: a runtime hands over no more than it is told to.
  static func json(_ policy: Policy, path: String) -> JSON {
    var capabilities = JSONObject()
    if !policy.requests.isEmpty || policy.rules.contains(where: { $0.match.asksForAnnotations }) {
      capabilities[Pod.annotationsCapability] = true
    }
    // What the runtime asks for is for the first interface alone.
    let first = policy.rules.compactMap { $0.attach.first.flatMap { policy.network($0.network) } }
    for capability in Capability.allCases where first.contains(where: { $0.accepts(capability) }) {
      capabilities[capability.rawValue] = true
    }
    let braid = JSON.string(Plugin.braid.type)
    var plugin: JSONObject = ["type": braid, "policy": .string(path.hasPrefix("/") ? path : "/etc/braid/policy.yaml")]
    if !capabilities.isEmpty { plugin["capabilities"] = .object(capabilities) }
    return ["cniVersion": "1.0.0", "name": braid, "plugins": [.object(plugin)]]
  }
}

extension Match {
  fileprivate var asksForAnnotations: Bool {
    conditions.contains { condition in
      switch condition {
      case .value(.annotation, _, _): true
      case .not(let match): match.asksForAnnotations
      default: false
      }
    }
  }
}
