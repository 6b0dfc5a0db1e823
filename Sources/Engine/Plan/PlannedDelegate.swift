import CNI
import JSON
import Plugins

/// One delegate of a chain, with its configuration, but without prevResult.
package struct PlannedDelegate: Sendable, Equatable {
  package let type: String
  package let configuration: JSONObject
}

extension PlannedDelegate {
  /// `ipam.type`, if there is one.
  var ipam: String? { configuration.value(named: "ipam")?.object?.value(named: "type")?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// The traits of the delegate together with the IPAM behind it.
  func traits(_ delegates: DelegateLookup) -> DelegateTraits { delegates.traits(type, ipam: ipam) }

  /// Finds the delegate and has it read its configuration.
  func prepare(for purpose: Purpose, on node: Node, path: [String]) throws(DelegateError) -> any PreparedDelegate {
    let delegate = try node.delegates.delegate(type, path: path)
    let parsed: PluginConfiguration
    do { parsed = try PluginConfiguration(configuration) } catch { throw .protocol(error) }
    return try delegate.prepare(parsed, for: purpose, on: node, path: path)
  }
}
