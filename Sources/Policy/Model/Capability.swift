import JSON
import PluginModel

/// What a runtime or a rule can ask of a plugin for one attachment: the members of `runtimeConfig` (CNI conventions).
package enum Capability: String, Hashable, Sendable, CaseIterable {
  case ips
  case mac
  case portMappings
  case bandwidth
  case infinibandGUID
  case deviceID
}

extension ChainEntry {
  /// Whether the plugin takes the capability of this name.
  ///
  /// Its `capabilities` say so; where they do not mention it, what is known of the plugin and of its IPAM does. Names match in any
  /// case of ASCII letters.
  package func accepts(_ capability: String) -> Bool {
    if let declared = configuration.value(named: "capabilities")?.object?.value(named: capability) {
      return declared.bool ?? false
    }
    let types = [type] + (ipamType.map { [$0] } ?? [])
    return types.contains { Plugin.named($0)?.accepts(capability) ?? false }
  }
}

extension Network {
  /// Whether a plugin of the chain takes the capability.
  package func accepts(_ capability: Capability) -> Bool { chain.contains { $0.accepts(capability.rawValue) } }
}
