import CNI
import NetworkTypes

/// The IPAM plugin behind an interface plugin: built in or external, run with the same configuration.
struct IPAMDelegation {
  let type: String
  let call: DelegateCall
  let node: Node

  /// Nil for a layer 2 network.
  init?(_ link: LinkConfiguration, _ call: DelegateCall, _ node: Node) { self.init(type: link.ipam, call, node) }

  init?(type: String?, _ call: DelegateCall, _ node: Node) {
    guard let type else { return nil }
    (self.type, self.call, self.node) = (type, call, node)
  }

  /// What can be known of a built-in IPAM's configuration without the node.
  static func validate(_ link: LinkConfiguration, _ configuration: PluginConfiguration) throws(DelegateError) {
    guard let type = link.ipam else { return }
    try DelegateLookup.builtIn(type)?.validate(configuration)
  }

  /// Addresses and routes for the interface; throws if there are none, with everything given back.
  func add() throws(DelegateError) -> CNIResult {
    var result = try node.delegate(type, path: call.path).add(call, on: node)
    guard !result.ips.isEmpty else {
      try? delete()
      throw .ipamWithoutAddress(type)
    }
    result.routes.removeAll { $0.isDefault && !call.options.defaultRoutes.contains($0.dst.family) }
    return result
  }

  func delete() throws(DelegateError) { try node.delegate(type, path: call.path).delete(call, on: node) }

  func check() throws(DelegateError) { try node.delegate(type, path: call.path).check(call, on: node) }
}
