import CNI
import JSON
import PluginModel
import Plugins
import PolicyCache

/// Braid's own configuration as the runtime passes it, and the settings in it (`BraidSettings`).
package struct BraidConfiguration: Sendable {
  package let plugin: PluginConfiguration
  package let policy: String
  package let stateDir: String
  package let timeLimit: TimeLimit
  /// Whether the last good policy stays in force while the present one has errors.
  package let keepsGoodPolicy: Bool

  /// For a removal only the state directory must be right.
  package init(_ plugin: PluginConfiguration, forRemoval: Bool = false) throws(ConfigurationError) {
    let settings = forRemoval ? try BraidSettings(forRemoval: plugin) : try BraidSettings(plugin)
    self.plugin = plugin
    (policy, stateDir) = (settings.policy, settings.stateDir)
    keepsGoodPolicy = settings.onInvalidPolicy == .keep
    timeLimit = settings.timeLimit.map { TimeLimit(.seconds($0)) } ?? TimeLimit()
  }

  /// The configuration of a DEL, whatever has become of its name and its version.
  static func forRemoval(_ object: JSONObject) -> PluginConfiguration {
    guard let name = try? NetworkName(Plugin.braid.type) else { preconditionFailure("letters make a name") }
    return PluginConfiguration(forRemoval: object, fallback: name)
  }

  /// Nil unless the last good policy is to be kept, or if there is no place for it.
  func lastGoodPolicy() -> LastGoodPolicy? { keepsGoodPolicy ? LastGoodPolicy(of: policy, in: stateDir) : nil }
}
