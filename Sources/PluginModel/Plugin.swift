import CNI
import JSON

/// What Braid knows about a plugin without running it.
///
/// The reference plugins are described as of release 1.9.
package struct Plugin: Sendable {
  /// What a plugin does in a chain.
  package enum Role: Sendable {
    /// Makes the interface. A chain has one such plugin, and starts with it.
    case interface
    /// Works on the interface that a plugin before it in the chain made.
    case chained
    /// Gives addresses. It stands under `ipam`, never in the chain itself.
    case ipam
  }

  package typealias Validation = @Sendable (PluginConfiguration) throws(PluginConfigurationError) -> Void

  /// Checks the configuration of one attachment. The results are those that an IPAM plugin may give; nil if they are not known, and
  /// for a plugin that gives no addresses.
  package typealias Review =
    @Sendable (PluginConfiguration, PlannedCall) throws(PluginConfigurationError) -> [ForeseenResult]?

  package let type: String
  package let role: Role
  /// The members of `runtimeConfig` that the plugin reads (CNI conventions).
  package let capabilities: [String]
  /// Throws the error for which an ADD would refuse the configuration, including that of a built-in IPAM plugin.
  ///
  /// Nil for a plugin that does not run in Braid's own process. The executable of that name may be of another release, so Braid
  /// cannot tell what it would refuse.
  package let validate: Validation?
  /// Throws everything that `validate` throws, and the errors for which an ADD of this attachment would certainly fail, whatever the
  /// state of the node is. Nil for a plugin that does not run in Braid's own process.
  package let review: Review?
  /// Made on demand, because start-up is most of an ADD's time.
  private let table: (@Sendable () -> Shape)?
  private let read: @Sendable (JSONObject) -> PluginFacts

  /// A plugin that is an executable on CNI_PATH.
  init(
    _ type: String, _ role: Role, capabilities: [String] = [], facts: @escaping @Sendable (JSONObject) -> PluginFacts,
    table: (@Sendable () -> Shape)? = nil
  ) {
    (self.type, self.role, self.capabilities, self.table) = (type, role, capabilities, table)
    (read, validate, review) = (facts, nil, nil)
  }

  /// A plugin that is an executable and has no facts of its own. If its keys are not known either, the facts are guessed from
  /// keys that have the same meaning in many plugins.
  package init(_ type: String, _ role: Role, capabilities: [String] = [], table: (@Sendable () -> Shape)? = nil) {
    let facts = table == nil ? PluginFacts.byConvention : PluginFacts.ofNothing
    self.init(type, role, capabilities: capabilities, facts: facts, table: table)
  }

  /// A plugin that runs in Braid's own process.
  init(
    _ plugin: BuiltInPlugin, _ role: Role, capabilities: [String] = [],
    facts: @escaping @Sendable (JSONObject) -> PluginFacts, validate: @escaping Validation, review: @escaping Review,
    table: @escaping @Sendable () -> Shape
  ) {
    self.init(
      builtIn: plugin.rawValue, role, capabilities: capabilities, facts: facts, validate: validate, review: review, table: table)
  }

  private init(
    builtIn type: String, _ role: Role, capabilities: [String], facts: @escaping @Sendable (JSONObject) -> PluginFacts,
    validate: @escaping Validation, review: @escaping Review, table: @escaping @Sendable () -> Shape
  ) {
    (self.type, self.role, self.capabilities, self.table) = (type, role, capabilities, table)
    (read, self.validate, self.review) = (facts, validate, review)
  }

  /// Whether the plugin runs in Braid's own process.
  package var isBuiltIn: Bool { validate != nil }

  /// The plugin's table of keys. Nil if the keys are not known.
  package var shape: Shape? { table?() }

  /// Whether the plugin makes an interface with the addresses of the IPAM plugin that `ipam` names.
  package var readsIPAM: Bool {
    guard role == .interface, let shape else { return role == .interface }
    if case .object? = shape.key(IPAMReference.heading.id)?.type { return true }
    return false
  }

  /// Whether the plugin is Braid itself.
  package var isBraid: Bool { type == Self.braid.type }

  /// The facts of a configuration of the plugin. For an IPAM plugin that is the mapping under `ipam`.
  package func facts(_ configuration: JSONObject) -> PluginFacts { read(configuration) }

  /// The facts of a configuration of the type. For an unknown type they are guessed from keys that have the same meaning in many
  /// plugins.
  package static func facts(of type: String, _ configuration: JSONObject) -> PluginFacts {
    named(type)?.facts(configuration) ?? .byConvention(configuration)
  }

  package func accepts(_ capability: String) -> Bool { capabilities.contains { equalFolded($0, capability) } }
}

extension Plugin {
  /// Nil for a plugin that Braid does not know.
  package static func named(_ type: String) -> Plugin? {
    // A call of a built-in plugin needs only itself. Looking there first spares making all the others.
    if let own = BuiltInPlugin(rawValue: type)?.plugin { return own }
    return type == braid.type ? braid : all.first { $0.type == type }
  }

  /// Whether `ipam` may name the type. False for the built-in plugins that give no addresses.
  package static func mayBeIPAM(_ type: String) -> Bool {
    guard let plugin = BuiltInPlugin(rawValue: type)?.plugin else { return true }
    return plugin.role == .ipam
  }

  /// Braid itself. It belongs into a runtime's list, never into a policy.
  package static let braid = Plugin(
    builtIn: "braid", .interface, capabilities: [], facts: PluginFacts.ofBraid,
    validate: BraidSettings.validate, review: BraidSettings.review, table: { BraidSettings.shape })

  package static let all: [Plugin] = chain + ipams

  /// The plugins that stand in a chain, the built-in ones first.
  package static let chain: [Plugin] =
    BuiltInPlugin.allCases.map(\.plugin).filter { $0.role != .ipam } + [
      ipvlan, vlan, hostDevice, tap, dummy, sriov, ibSRIOV, firewall, vrf,
    ]

  /// The plugins that stand under `ipam`, the built-in ones first.
  package static let ipams: [Plugin] = BuiltInPlugin.allCases.map(\.plugin).filter { $0.role == .ipam } + [dhcp]
}
