import CNI
import Diagnostics
import JSON
import PluginModel

extension ChainEntry {
  /// What the plugin's configuration says.
  package var facts: PluginFacts { Plugin.facts(of: type, configuration) }

  /// The mapping under `ipam` with its type. Nil where there is none.
  package var ipam: (type: String, configuration: JSONObject)? {
    guard let object = configuration.value(named: "ipam")?.object, let type = object.value(named: "type")?.string else {
      return nil
    }
    return (type, object)
  }

  /// What the configuration of the IPAM plugin says. Nil where there is none.
  package var ipamFacts: PluginFacts? { ipam.map { Plugin.facts(of: $0.type, $0.configuration) } }

  /// The place of a key of the IPAM plugin.
  func ipamSpan(of path: ConfigurationError.KeyPath) -> Span { span(of: .init([.key("ipam")] + path.steps)) }

  /// Whether the plugin is Braid itself, which stands in a runtime's list alone.
  package var isBraid: Bool { Plugin.named(type)?.isBraid ?? false }
}
