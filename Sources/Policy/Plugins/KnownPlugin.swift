import JSON

/// What is known of the reference plugins (release 1.9) and of some others without asking them.
package struct KnownPlugin: Sendable {
  /// What a plugin does in a chain.
  enum Role: Sendable {
    /// Makes the interface: first in its chain, and once.
    case interface
    /// Works on the interface that one before it made.
    case chained
    /// Gives addresses: under `ipam`, never in the chain itself.
    case ipam
  }

  package let type: String
  let role: Role
  let capabilities: [String]
  /// Whether it runs in Braid's own process, so that what it refuses is known. An executable of the name may be another release.
  let isBuiltIn: Bool
  /// Made when it is asked for: start-up is most of an ADD's time.
  private let table: (@Sendable () -> Shape)?
  private let read: @Sendable (JSONObject) -> PluginFacts

  init(
    _ type: String, _ role: Role, capabilities: [String] = [], isBuiltIn: Bool = false,
    facts: @escaping @Sendable (JSONObject) -> PluginFacts, table: (@Sendable () -> Shape)? = nil
  ) {
    (self.type, self.role, self.capabilities, self.isBuiltIn) = (type, role, capabilities, isBuiltIn)
    (self.read, self.table) = (facts, table)
  }

  /// A plugin without facts of its own. Where not even its keys are known, the facts are read from the keys that many plugins share.
  init(
    _ type: String, _ role: Role, capabilities: [String] = [], isBuiltIn: Bool = false, table: (@Sendable () -> Shape)? = nil
  ) {
    let facts = table == nil ? PluginFacts.byConvention : PluginFacts.ofNothing
    self.init(type, role, capabilities: capabilities, isBuiltIn: isBuiltIn, facts: facts, table: table)
  }

  /// Its keys; nil where they are not known.
  var shape: Shape? { table?() }

  /// Whether it is Braid itself.
  package var isBraid: Bool { type == Self.braid.type }

  func accepts(_ capability: String) -> Bool { capabilities.contains { equalFolded($0, capability) } }

  /// What a configuration of the plugin says; an IPAM plugin's is the mapping under `ipam`.
  package func facts(_ configuration: JSONObject) -> PluginFacts { read(configuration) }

  /// What a configuration of the type says; of an unknown type, what many plugins mean by its keys.
  package static func facts(of type: String, _ configuration: JSONObject) -> PluginFacts {
    named(type)?.facts(configuration) ?? .byConvention(configuration)
  }

  static func named(_ type: String) -> KnownPlugin? { type == braid.type ? braid : all.first { $0.type == type } }

  /// Braid itself: in a runtime's list, never in a policy.
  package static let braid = KnownPlugin("braid", .interface, isBuiltIn: true) { BraidKeys.braid }

  static let all: [KnownPlugin] = chain + ipams

  /// Those that stand in a chain.
  static let chain: [KnownPlugin] = [
    KnownPlugin("bridge", .interface, capabilities: ["mac"], isBuiltIn: true, facts: BridgeFacts.facts) { BridgeKeys.bridge },
    KnownPlugin("macvlan", .interface, capabilities: ["mac"], isBuiltIn: true, facts: MacvlanFacts.facts) { MacvlanKeys.macvlan },
    KnownPlugin("loopback", .interface, isBuiltIn: true, facts: LoopbackFacts.facts) { LoopbackKeys.loopback },
    KnownPlugin("ipvlan", .interface, facts: IPVLANFacts.facts) { MasterKeys.ipvlan },
    KnownPlugin("vlan", .interface, facts: VLANFacts.facts) { MasterKeys.vlan },
    KnownPlugin("ptp", .interface, facts: PTPFacts.facts) { InterfaceKeys.ptp },
    KnownPlugin("host-device", .interface, capabilities: ["deviceID"], facts: HostDeviceFacts.facts) { InterfaceKeys.hostDevice },
    KnownPlugin("tap", .interface, capabilities: ["mac"], facts: TapFacts.facts) { InterfaceKeys.tap },
    KnownPlugin("dummy", .interface, facts: DummyFacts.facts) { InterfaceKeys.dummy },
    KnownPlugin("sriov", .interface, capabilities: ["mac", "deviceID", "ips"]),
    KnownPlugin("ib-sriov", .interface, capabilities: ["infinibandGUID", "deviceID"]),
    KnownPlugin("portmap", .chained, capabilities: ["portMappings"]) { PortmapKeys.portmap },
    KnownPlugin("bandwidth", .chained, capabilities: ["bandwidth"]) { BandwidthKeys.bandwidth },
    KnownPlugin("tuning", .chained, capabilities: ["mac"], facts: TuningFacts.facts) { TuningKeys.tuning },
    KnownPlugin("firewall", .chained) { FirewallKeys.firewall },
    KnownPlugin("sbr", .chained) { RoutingKeys.sbr },
    KnownPlugin("vrf", .chained) { RoutingKeys.vrf },
  ]

  /// Those that stand under `ipam`.
  static let ipams: [KnownPlugin] = [
    KnownPlugin("host-local", .ipam, capabilities: ["ips", "ipRanges"], isBuiltIn: true, facts: HostLocalFacts.facts) {
      HostLocalKeys.hostLocal
    },
    KnownPlugin("static", .ipam, capabilities: ["ips"], isBuiltIn: true, facts: StaticFacts.facts) { StaticKeys.static },
    KnownPlugin("dhcp", .ipam) { DHCPKeys.dhcp },
  ]
}
