import CNI
import PluginModel
import Plugins

/// Braid's own configuration as the runtime passes it, and the settings in it (`BraidSettings`).
package struct BraidConfiguration: Sendable {
  package let plugin: PluginConfiguration
  package let policy: String
  package let stateDir: String
  package let timeLimit: TimeLimit

  package init(_ plugin: PluginConfiguration) throws(ConfigurationError) {
    let settings = try BraidSettings(plugin)
    self.plugin = plugin
    (policy, stateDir) = (settings.policy, settings.stateDir)
    timeLimit = settings.timeLimit.map { TimeLimit(.seconds($0)) } ?? TimeLimit()
  }
}
