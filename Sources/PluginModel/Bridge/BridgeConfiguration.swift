import CNI
import NetworkTypes

extension Plugin {
  static let bridge = Plugin(
    .bridge, .interface, capabilities: ["mac"],
    facts: BridgeFacts.facts, validate: BridgeConfiguration.validate, table: { BridgeConfiguration.shape })
}

/// The configuration of the `bridge` plugin, with the reference plugin's names and defaults.
package struct BridgeConfiguration: KeyedConfiguration {
  package internal(set) var link = LinkConfiguration()
  /// Default `cni0`.
  package internal(set) var bridge = InterfaceName.defaultBridge
  /// The bridge has the gateway's address. `isDefaultGateway` says so too.
  package internal(set) var isGateway = false
  /// A default route leads through the gateway.
  package internal(set) var isDefaultGateway = false
  /// Another IPv4 address of the bridge is replaced instead of refused.
  package internal(set) var forceAddress = false
  package internal(set) var hairpinMode = false
  package internal(set) var promiscMode = false
  /// Duplicate address detection on the container's addresses.
  package internal(set) var enableDAD = false
  /// The container's end stays down and without addresses.
  package internal(set) var disableContainerInterface = false
  package internal(set) var portIsolation = false
  package internal(set) var vlan = BridgeVLANConfiguration()
  /// `<bridge>.<vlan>`: the interface that has the gateway's address instead of the bridge; nil without a VLAN.
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

  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    let parsed: BridgeConfiguration
    do { parsed = try BridgeConfiguration(configuration) } catch { throw .configuration(error) }
    try parsed.link.validateIPAM(configuration)
  }

  package static let heading = ShapeHeading(
    id: "plugin-bridge", name: "bridge",
    doc: "A veth pair with its outer end in a bridge of the node, which is made where it is not there.", isOfChain: true)

  package static let shape = shapeOfFields
}

extension InterfaceName {
  /// What the reference plugin calls a bridge without a name.
  fileprivate static var defaultBridge: InterfaceName {
    guard let name = try? InterfaceName("cni0") else { preconditionFailure("cni0 is a valid name") }
    return name
  }
}
