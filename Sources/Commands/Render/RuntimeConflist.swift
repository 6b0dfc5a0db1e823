import ArgumentParser
import JSON
import PluginModel
import Policy

/// The file that makes a runtime call Braid with a policy.
enum RuntimeConflist {
  /// What runs the containers of the node.
  enum Platform: String, CaseIterable, ExpressibleByArgument {
    case kubernetes
  }

  /// It declares all capabilities that the policy can use, because a runtime only passes on data of declared capabilities.
  ///
  /// On a node of Kubernetes a mistake in a policy must not evict every Pod, so there the last good policy stays in force.
  static func json(_ policy: Policy, path: String, for platform: Platform? = nil) -> JSON {
    let capabilities = JSONObject(Self.capabilities(policy).map { .init($0, true) })
    let braid = JSON.string(Plugin.braid.type)
    var plugin: JSONObject = ["type": braid, "policy": .string(path.hasPrefix("/") ? path : "/etc/braid/policy.yaml")]
    if platform == .kubernetes { plugin["onInvalidPolicy"] = .string(BraidSettings.InvalidPolicy.keep.rawValue) }
    if !capabilities.isEmpty { plugin["capabilities"] = .object(capabilities) }
    return ["cniVersion": "1.0.0", "name": braid, "plugins": [.object(plugin)]]
  }

  /// The names of all capabilities that the policy can use.
  static func capabilities(_ policy: Policy) -> [String] {
    let asksForAnnotations = !policy.requests.isEmpty || policy.rules.contains { $0.match.asksForAnnotations }
    // The runtime's requests are for the first interface only.
    let first = policy.rules.compactMap { $0.attach.first.flatMap { policy.network($0.network) } }
    let others = Capability.allCases.filter { capability in first.contains { $0.accepts(capability) } }.map(\.rawValue)
    return (asksForAnnotations ? [Pod.annotationsCapability] : []) + others
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
