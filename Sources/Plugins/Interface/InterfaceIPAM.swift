import CNI
import NetworkTypes
import PluginModel

/// The IPAM plugin behind an interface plugin, run with the same configuration.
struct InterfaceIPAM {
  let type: String
  private let configuration: PluginConfiguration
  /// Nil for removal. The plugin is then prepared on use, so that a missing one does not keep the links from being deleted.
  private let prepared: (any PreparedDelegate)?

  /// Finds and prepares the plugin; for removal only on use.
  init(
    _ type: String, _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) {
    (self.type, self.configuration) = (type, configuration)
    switch purpose {
    case .use:
      prepared = try node.delegates.delegate(type, path: path).prepare(configuration, for: .use, on: node, path: path)
    case .removal: prepared = nil
    }
  }

  /// The results that the plugin may give; nil if they are not known.
  func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? { try prepared?.review(call) }

  /// Gets addresses and routes for the interface. If there is no address, frees everything and throws.
  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    var result = try delegate(node, call.path).add(call, on: node)
    guard !result.ips.isEmpty else {
      let none = DelegateError.ipamWithoutAddress(type)
      do { try delete(call, on: node) } catch { throw none.leaving([error]) }
      throw none
    }
    result.routes.removeAll { route in
      if route.isDefault { return !call.options.defaultRoutes.contains(route.dst.family) }
      return call.options.takenRoutes.contains(route.key)
    }
    return result
  }

  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try delegate(node, call.path).delete(call, on: node)
  }

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) { try delegate(node, call.path).check(call, on: node) }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    try delegate(node, path).collectGarbage(keeping: valid, on: node, path: path)
  }

  func status(on node: Node, path: [String]) throws(DelegateError) { try delegate(node, path).status(on: node, path: path) }

  func remarks(on node: Node) throws(DelegateError) -> [String] { try delegate(node, []).remarks(on: node) }

  func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError) {
    try delegate(node, call.path).release(call, keeping: interfaces, on: node)
  }

  private func delegate(_ node: Node, _ path: [String]) throws(DelegateError) -> any PreparedDelegate {
    if let prepared { return prepared }
    return try node.delegates.delegate(type, path: path).prepare(configuration, for: .removal, on: node, path: path)
  }
}
