import JSON

/// What is known of the reference plugins (release 1.9) and of some others without asking them.
struct KnownPlugin: Sendable {
  /// What a plugin does in a chain.
  enum Role: Sendable {
    /// Makes the interface: first in its chain, and once.
    case interface
    /// Works on the interface that one before it made.
    case chained
    /// Gives addresses: under `ipam`, never in the chain itself.
    case ipam
  }

  let type: String
  let role: Role
  let capabilities: [String]
  /// Whether it runs in Braid's own process, so that what it refuses is known. An executable of the name may be another release.
  let isBuiltIn: Bool
  /// Made when it is asked for: start-up is most of an ADD's time.
  private let table: (@Sendable () -> Shape)?

  init(
    _ type: String, _ role: Role, capabilities: [String] = [], isBuiltIn: Bool = false, table: (@Sendable () -> Shape)? = nil
  ) {
    (self.type, self.role, self.capabilities, self.isBuiltIn, self.table) = (type, role, capabilities, isBuiltIn, table)
  }

  /// Its keys; nil where they are not known.
  var shape: Shape? { table?() }

  func accepts(_ capability: String) -> Bool { capabilities.contains { equalFolded($0, capability) } }

  static func named(_ type: String) -> KnownPlugin? { type == braid.type ? braid : all.first { $0.type == type } }

  /// Braid itself: in a runtime's list, never in a policy.
  static let braid = KnownPlugin("braid", .interface, isBuiltIn: true) { BraidKeys.braid }

  static let all: [KnownPlugin] = chain + ipams

  /// Those that stand in a chain.
  static let chain: [KnownPlugin] = [
    KnownPlugin("bridge", .interface, capabilities: ["mac"], isBuiltIn: true) { BridgeKeys.bridge },
    KnownPlugin("macvlan", .interface, capabilities: ["mac"], isBuiltIn: true) { MacvlanKeys.macvlan },
    KnownPlugin("loopback", .interface, isBuiltIn: true) { LoopbackKeys.loopback },
    KnownPlugin("ipvlan", .interface) { MasterKeys.ipvlan },
    KnownPlugin("vlan", .interface) { MasterKeys.vlan },
    KnownPlugin("ptp", .interface) { InterfaceKeys.ptp },
    KnownPlugin("host-device", .interface, capabilities: ["deviceID"]) { InterfaceKeys.hostDevice },
    KnownPlugin("tap", .interface, capabilities: ["mac"]) { InterfaceKeys.tap },
    KnownPlugin("dummy", .interface) { InterfaceKeys.dummy },
    KnownPlugin("sriov", .interface, capabilities: ["mac", "deviceID", "ips"]),
    KnownPlugin("ib-sriov", .interface, capabilities: ["infinibandGUID", "deviceID"]),
    KnownPlugin("portmap", .chained, capabilities: ["portMappings"]) { PortmapKeys.portmap },
    KnownPlugin("bandwidth", .chained, capabilities: ["bandwidth"]) { BandwidthKeys.bandwidth },
    KnownPlugin("tuning", .chained, capabilities: ["mac"]) { TuningKeys.tuning },
    KnownPlugin("firewall", .chained) { FirewallKeys.firewall },
    KnownPlugin("sbr", .chained) { RoutingKeys.sbr },
    KnownPlugin("vrf", .chained) { RoutingKeys.vrf },
  ]

  /// Those that stand under `ipam`.
  static let ipams: [KnownPlugin] = [
    KnownPlugin("host-local", .ipam, capabilities: ["ips", "ipRanges"], isBuiltIn: true) { HostLocalKeys.hostLocal },
    KnownPlugin("static", .ipam, capabilities: ["ips"], isBuiltIn: true) { StaticKeys.static },
    KnownPlugin("dhcp", .ipam) { DHCPKeys.dhcp },
  ]
}
