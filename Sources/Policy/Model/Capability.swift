import JSON
import PluginModel

/// An option that a runtime or a rule can pass to a plugin for one attachment: a member of `runtimeConfig` (CNI conventions).
package enum Capability: String, Hashable, Sendable, CaseIterable {
  case ips
  case mac
  case portMappings
  case bandwidth
  case infinibandGUID
  case deviceID
}

extension ChainEntry {
  /// Whether the plugin accepts the capability of this name.
  ///
  /// The configuration's `capabilities` decide. If they do not mention it, the capabilities decide that Braid knows of the plugin
  /// and of its IPAM plugin. Upper and lower case of ASCII letters are the same.
  package func accepts(_ capability: String) -> Bool {
    if let declared = configuration.value(named: "capabilities")?.object?.value(named: capability) {
      return declared.bool ?? false
    }
    let types = [type] + (ipamType.map { [$0] } ?? [])
    return types.contains { Plugin.named($0)?.accepts(capability) ?? false }
  }
}

extension Network {
  /// Whether a plugin of the chain accepts the capability.
  package func accepts(_ capability: Capability) -> Bool { chain.contains { $0.accepts(capability.rawValue) } }
}
