import CNI
import PluginModel

/// The common frame of all plugins that work on an interface which others made. It reads the previous result, undoes every failure, and
/// passes the result on.
struct ChainedDelegate<Plugin: ChainedPlugin>: Delegate {
  var traits: DelegateTraits { Plugin.traits }

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    switch purpose {
    case .use:
      let keys = try readingConfiguration { () throws(ConfigurationError) in try Plugin.Configuration(configuration) }
      return PreparedChained<Plugin>(plugin: Plugin(keys, configuration), configuration: configuration)
    // `remove` reads the keys that it needs.
    case .removal: return PreparedChained<Plugin>(plugin: nil, configuration: configuration)
    }
  }
}

/// A chained plugin with its configuration.
private struct PreparedChained<Plugin: ChainedPlugin>: PreparedDelegate {
  /// Nil for a removal.
  let plugin: Plugin?
  let configuration: PluginConfiguration

  func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? {
    do throws(PluginConfigurationError) { try wholePlugin.configuration.review(call) } catch { throw .configuration(error) }
    return nil
  }

  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    var result = try previous(call, Plugin.noPreviousResult.add)
    do throws(DelegateError) {
      try wholePlugin.add(call, &result, on: node)
      return result
    } catch {
      let left: [DelegateError]
      do { try Plugin.remove(call, configuration, on: node); left = [] } catch { left = [error] }
      throw error.leaving(left)
    }
  }

  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) { try Plugin.remove(call, configuration, on: node) }

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try wholePlugin.check(call, try previous(call, Plugin.noPreviousResult.check), on: node)
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    try wholePlugin.collectGarbage(keeping: valid, on: node)
  }

  func status(on node: Node, path: [String]) throws(DelegateError) { try wholePlugin.checkNode(node) }

  func remarks(on node: Node) throws(DelegateError) -> [String] { try wholePlugin.remarks(on: node) }

  func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError) {
    try Plugin.release(call, configuration, keeping: interfaces, on: node)
  }

  private func previous(_ call: DelegateCall, _ missing: String) throws(DelegateError) -> CNIResult {
    let previous: CNIResult?
    do { previous = try call.previous.result() } catch { throw .result(error) }
    guard let previous else { throw .plugin(ChainedError.noPreviousResult(missing)) }
    return previous
  }

  /// Only a delegate that was prepared for removal may lack the plugin, and only its `delete` is called.
  private var wholePlugin: Plugin {
    guard let plugin else { preconditionFailure("prepared for removal") }
    return plugin
  }
}

/// Why a chained plugin cannot start.
package enum ChainedError: PluginFailure, Equatable {
  /// The plugin stands first in its chain. The text is the reference plugin's.
  case noPreviousResult(String)

  package var object: ErrorObject {
    switch self {
    case .noPreviousResult(let text): ErrorObject(.invalidConfiguration, text)
    }
  }
}
