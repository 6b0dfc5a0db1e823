import CNI
import JSON
import PluginModel
import Plugins

/// Braid's own configuration as the runtime passes it, and the settings in it (`BraidSettings`).
package struct BraidConfiguration: Sendable {
  package let plugin: PluginConfiguration
  package let policy: String
  package let stateDir: String
  package let timeLimit: TimeLimit

  /// For a removal only the state directory must be right.
  package init(_ plugin: PluginConfiguration, forRemoval: Bool = false) throws(ConfigurationError) {
    let settings = forRemoval ? try BraidSettings(forRemoval: plugin) : try BraidSettings(plugin)
    self.plugin = plugin
    (policy, stateDir) = (settings.policy, settings.stateDir)
    timeLimit = settings.timeLimit.map { TimeLimit(.seconds($0)) } ?? TimeLimit()
  }

  /// The configuration of a DEL, whatever has become of its name and its version.
  static func forRemoval(_ object: JSONObject) -> PluginConfiguration {
    guard let name = try? NetworkName(Plugin.braid.type) else { preconditionFailure("letters make a name") }
    return PluginConfiguration(forRemoval: object, fallback: name)
  }
}
