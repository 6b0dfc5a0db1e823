import CNI
import JSON
import PluginModel

extension Selection {
  /// Throws if the runtime asks the Pod's first network for something that no plugin of its chain does, such as a container's
  /// `hostPort`: the Pod would run without it, and nobody would know.
  ///
  /// `configuration` is Braid's own, as the runtime passes it. The network's `ignoreCapabilities` allows it by name.
  package func refuseUnservedRequests(_ configuration: JSONObject) throws(SelectionError) {
    guard let first = attachments.first?.network, let asked = configuration.value(named: "runtimeConfig")?.object else { return }
    for capability in Capability.allCases where !first.accepts(capability) && !first.ignoredCapabilities.contains(capability) {
      guard let value = asked.value(named: capability.rawValue), capability.asksForSomething(value) else { continue }
      throw .runtimeCapability(capability, first.name)
    }
  }
}

extension Capability {
  /// Whether a runtime's value of this capability asks for anything. Runtimes also pass on empty values.
  fileprivate func asksForSomething(_ value: JSON) -> Bool {
    switch (self, value) {
    // A mapping without a host's port opens none.
    case (.portMappings, .array(let mappings)): mappings.contains { ($0.object?.value(named: "hostPort")?.int ?? 0) > 0 }
    case (_, .array(let items)): !items.isEmpty
    case (_, .string(let text)): !text.isEmpty
    // A bandwidth of zero does not limit anything.
    case (_, .object(let object)): object.members.contains { ($0.value.int ?? 1) != 0 }
    case (_, .null): false
    default: true
    }
  }
}
