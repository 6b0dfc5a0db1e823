import CNI
import NetworkTypes

extension Plugin {
  static let bridge = Plugin(
    .bridge, .interface, capabilities: ["mac"],
    facts: BridgeFacts.facts, validate: BridgeConfiguration.validate, review: BridgeConfiguration.review,
    table: { BridgeConfiguration.shape })
}

/// The configuration of the `bridge` plugin, with the reference plugin's names and defaults.
package struct BridgeConfiguration: InterfaceConfiguration {
  package internal(set) var link = LinkConfiguration()
  /// Default `cni0`.
  package internal(set) var bridge = InterfaceName.defaultBridge
  /// Whether the bridge gets the gateway's address. `isDefaultGateway` implies it.
  package internal(set) var isGateway = false
  /// Whether the container gets a default route through the gateway.
  package internal(set) var isDefaultGateway = false
  /// Whether another IPv4 address of the bridge is replaced instead of being an error.
  package internal(set) var forceAddress = false
  package internal(set) var hairpinMode = false
  package internal(set) var promiscMode = false
  /// Whether the kernel does duplicate address detection for the container's IPv6 addresses.
  package internal(set) var enableDAD = false
  /// Whether the container's end of the veth pair stays down and without addresses.
  package internal(set) var disableContainerInterface = false
  package internal(set) var portIsolation = false
  package internal(set) var vlan = BridgeVLANConfiguration()
  /// `<bridge>.<vlan>`, the interface that gets the gateway's address instead of the bridge. Nil without a VLAN.
  package private(set) var vlanGateway: InterfaceName?

  package init() {}

  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    isGateway = isGateway || isDefaultGateway
    if isGateway, let id = vlan.access {
      do { vlanGateway = try InterfaceName("\(bridge).\(id)") } catch {
        throw .invalid(path.appending("vlan"), reason: "the name of the VLAN's gateway interface: \(error)")
      }
    }
    if hairpinMode, promiscMode {
      throw .invalid(path, reason: "cannot set hairpin mode and promiscuous mode at the same time")
    }
    if disableContainerInterface, link.ipam != nil {
      throw .invalid(path, reason: "cannot use IPAM when DisableContainerInterface flag is set")
    }
  }

  package static let heading = ShapeHeading(
    id: "plugin-bridge", name: "bridge",
    doc: "A veth pair whose outer end is a port of a bridge on the node. The plugin makes the bridge if it is missing.",
    isOfChain: true, relations: [.excludes("hairpinMode", "promiscMode"), .excludes("disableContainerInterface", "ipam")])

  package static let shape = shapeOfFields
}

extension InterfaceName {
  /// The reference plugin's default for `bridge`.
  fileprivate static var defaultBridge: InterfaceName {
    guard let name = try? InterfaceName("cni0") else { preconditionFailure("cni0 is a valid name") }
    return name
  }
}
