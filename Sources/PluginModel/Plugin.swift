import CNI
import JSON

/// What is known of a plugin without asking it: of the reference plugins (release 1.9), and of some others.
package struct Plugin: Sendable {
  /// What a plugin does in a chain.
  package enum Role: Sendable {
    /// Makes the interface: first in its chain, and once.
    case interface
    /// Works on the interface that one before it made.
    case chained
    /// Gives addresses: under `ipam`, never in the chain itself.
    case ipam
  }

  package typealias Validation = @Sendable (PluginConfiguration) throws(PluginConfigurationError) -> Void

  package let type: String
  package let role: Role
  /// The members of `runtimeConfig` that it takes (CNI conventions).
  package let capabilities: [String]
  /// Decodes the whole configuration, with that of the built-in IPAM behind it, and discards it: throws what an ADD would be refused
  /// for. Nil for a plugin that does not run in Braid's own process: an executable of the name may be another release.
  package let validate: Validation?
  /// Made when it is asked for: start-up is most of an ADD's time.
  private let table: (@Sendable () -> Shape)?
  private let read: @Sendable (JSONObject) -> PluginFacts

  /// A plugin that is an executable on CNI_PATH.
  init(
    _ type: String, _ role: Role, capabilities: [String] = [], facts: @escaping @Sendable (JSONObject) -> PluginFacts,
    table: (@Sendable () -> Shape)? = nil
  ) {
    (self.type, self.role, self.capabilities, self.table) = (type, role, capabilities, table)
    (read, validate) = (facts, nil)
  }

  /// An executable without facts of its own. Where not even its keys are known, the facts are read from the keys that many plugins share.
  package init(_ type: String, _ role: Role, capabilities: [String] = [], table: (@Sendable () -> Shape)? = nil) {
    let facts = table == nil ? PluginFacts.byConvention : PluginFacts.ofNothing
    self.init(type, role, capabilities: capabilities, facts: facts, table: table)
  }

  /// A plugin that runs in Braid's own process.
  init(
    _ plugin: BuiltInPlugin, _ role: Role, capabilities: [String] = [],
    facts: @escaping @Sendable (JSONObject) -> PluginFacts, validate: @escaping Validation,
    table: @escaping @Sendable () -> Shape
  ) {
    self.init(builtIn: plugin.rawValue, role, capabilities: capabilities, facts: facts, validate: validate, table: table)
  }

  private init(
    builtIn type: String, _ role: Role, capabilities: [String], facts: @escaping @Sendable (JSONObject) -> PluginFacts,
    validate: @escaping Validation, table: @escaping @Sendable () -> Shape
  ) {
    (self.type, self.role, self.capabilities, self.validate, self.table) = (type, role, capabilities, validate, table)
    read = facts
  }

  /// Whether it runs in Braid's own process: what it refuses is known then.
  package var isBuiltIn: Bool { validate != nil }

  /// Its keys; nil where they are not known.
  package var shape: Shape? { table?() }

  /// Whether it is Braid itself.
  package var isBraid: Bool { type == Self.braid.type }

  /// What a configuration of the plugin says; an IPAM plugin's is the mapping under `ipam`.
  package func facts(_ configuration: JSONObject) -> PluginFacts { read(configuration) }

  /// What a configuration of the type says; of an unknown type, what many plugins mean by its keys.
  package static func facts(of type: String, _ configuration: JSONObject) -> PluginFacts {
    named(type)?.facts(configuration) ?? .byConvention(configuration)
  }

  package func accepts(_ capability: String) -> Bool { capabilities.contains { equalFolded($0, capability) } }
}

extension Plugin {
  /// Nil for a plugin of which nothing is known.
  package static func named(_ type: String) -> Plugin? {
    // A call of a plugin asks for its own alone: the others are not made for it.
    if let own = BuiltInPlugin(rawValue: type)?.plugin { return own }
    return type == braid.type ? braid : all.first { $0.type == type }
  }

  /// Whether an interface plugin may take its addresses from that type: not from one of ours that gives none.
  package static func mayBeIPAM(_ type: String) -> Bool {
    guard let plugin = BuiltInPlugin(rawValue: type)?.plugin else { return true }
    return plugin.role == .ipam
  }

  /// Braid itself: in a runtime's list, never in a policy.
  package static let braid = Plugin(
    builtIn: "braid", .interface, capabilities: [], facts: PluginFacts.ofBraid,
    validate: BraidSettings.validate, table: { BraidSettings.shape })

  package static let all: [Plugin] = chain + ipams

  /// Those that stand in a chain, the built-in ones first.
  package static let chain: [Plugin] =
    BuiltInPlugin.allCases.map(\.plugin).filter { $0.role != .ipam } + [
      ipvlan, vlan, hostDevice, tap, dummy, sriov, ibSRIOV, portmap, bandwidth, tuning, firewall, sbr, vrf,
    ]

  /// Those that stand under `ipam`, the built-in ones first.
  package static let ipams: [Plugin] = BuiltInPlugin.allCases.map(\.plugin).filter { $0.role == .ipam } + [dhcp]
}
