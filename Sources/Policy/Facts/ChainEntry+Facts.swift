import CNI
import Diagnostics
import JSON
import PluginModel

extension ChainEntry {
  /// The facts of the plugin's configuration.
  package var facts: PluginFacts { Plugin.facts(of: type, configuration) }

  /// The mapping under `ipam` and its type. Nil if there is none.
  package var ipam: (type: String, configuration: JSONObject)? {
    guard let object = configuration.value(named: "ipam")?.object, let type = object.value(named: "type")?.string else {
      return nil
    }
    return (type, object)
  }

  /// The facts of the IPAM plugin's configuration. Nil if there is none.
  package var ipamFacts: PluginFacts? { ipam.map { Plugin.facts(of: $0.type, $0.configuration) } }

  /// The place of a key of the IPAM plugin.
  func ipamSpan(of path: ConfigurationError.KeyPath) -> Span { span(of: .init([.key("ipam")] + path.steps)) }

  /// Whether the plugin is Braid itself, which belongs only into a runtime's list.
  package var isBraid: Bool { Plugin.named(type)?.isBraid ?? false }
}
