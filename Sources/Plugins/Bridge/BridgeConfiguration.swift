import CNI
import JSON
import NetworkTypes

/// The keys of the `bridge` plugin, with the reference plugin's names and defaults.
package struct BridgeConfiguration {
  let link: LinkConfiguration
  /// Default `cni0`.
  let bridge: InterfaceName
  /// The bridge has the gateway's address. `isDefaultGateway` says so too.
  let isGateway: Bool
  /// A default route leads through the gateway.
  let isDefaultGateway: Bool
  /// Another IPv4 address of the bridge is replaced instead of refused.
  let forceAddress: Bool
  let hairpinMode: Bool
  let promiscMode: Bool
  /// Duplicate address detection on the container's addresses.
  let enableDAD: Bool
  /// The container's end stays down and without addresses.
  let disableContainerInterface: Bool
  let portIsolation: Bool
  let vlan: BridgeVLANConfiguration
  /// `<bridge>.<vlan>`: the interface that has the gateway's address instead of the bridge; nil without a VLAN.
  let vlanGateway: InterfaceName?

  package init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    let reader = configuration.reader
    func flag(_ key: String) throws(ConfigurationError) -> Bool { try reader.bool(key) ?? false }
    link = try LinkConfiguration(reader)
    bridge =
      try reader.parsed("bridge") { (text) throws(NetworkTypeError) in try InterfaceName(text) } ?? InterfaceName.defaultBridge
    isDefaultGateway = try flag("isDefaultGateway")
    isGateway = try flag("isGateway") || isDefaultGateway
    forceAddress = try flag("forceAddress")
    hairpinMode = try flag("hairpinMode")
    promiscMode = try flag("promiscMode")
    enableDAD = try flag("enabledad")
    disableContainerInterface = try flag("disableContainerInterface")
    portIsolation = try flag("portIsolation")
    vlan = try BridgeVLANConfiguration(reader)
    vlanGateway = isGateway ? try Self.vlanGateway(bridge, vlan, reader) : nil
    try Self.refuse("ipMasq", in: reader, "masquerading is not built yet")
    try Self.refuse("macspoofchk", in: reader, "checking for spoofed MAC addresses is not built yet")
    if hairpinMode, promiscMode {
      throw .invalid(.init(), reason: "cannot set hairpin mode and promiscuous mode at the same time")
    }
    if disableContainerInterface, link.ipam != nil {
      throw .invalid(.init(), reason: "cannot use IPAM when DisableContainerInterface flag is set")
    }
  }

  /// What is not built is refused by name, never ignored.
  private static func refuse(_ key: String, in reader: ConfigurationReader, _ reason: String) throws(ConfigurationError) {
    if try reader.bool(key) == true { throw .unsupported(reader.path.appending(key), reason: reason) }
  }

  private static func vlanGateway(
    _ bridge: InterfaceName, _ vlan: BridgeVLANConfiguration, _ reader: ConfigurationReader
  ) throws(ConfigurationError) -> InterfaceName? {
    guard let id = vlan.access else { return nil }
    do { return try InterfaceName("\(bridge).\(id)") } catch {
      throw .invalid(reader.path.appending("vlan"), reason: "the name of the VLAN's gateway interface: \(error)")
    }
  }
}

extension InterfaceName {
  /// What the reference plugin calls a bridge without a name.
  fileprivate static var defaultBridge: InterfaceName {
    guard let name = try? InterfaceName("cni0") else { preconditionFailure("cni0 is a valid name") }
    return name
  }
}
