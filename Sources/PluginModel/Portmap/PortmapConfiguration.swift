import CNI
import JSON
import NetworkTypes

extension Plugin {
  static let portmap = Plugin(
    .portmap, .chained, capabilities: ["portMappings"],
    facts: PortmapFacts.facts, validate: PortmapConfiguration.validate, review: PortmapConfiguration.review,
    table: { PortmapConfiguration.shape })
}

/// The configuration of the `portmap` plugin, with the reference plugin's names and defaults.
package struct PortmapConfiguration: ChainedConfiguration {
  /// Whether callers that the Pod would answer past the node see the node's address. Default: true.
  package private(set) var masquerades = true
  /// Whether all callers see the node's address.
  package private(set) var masqueradesAll = false
  package private(set) var hostPorts: [HostPort] = []

  package init() {}

  package static let fields: [Field<PortmapConfiguration>] = [
    Field("backend", .masqueradeBackend, doc: MasqueradeBackend.doc, example: "nftables") { _, _ in },
    Field(
      "snat", .flag,
      doc:
        "Whether callers that the Pod would answer past the node see the node's address: the Pod itself, its neighbours on a bridge, and 127.0.0.1. "
        + "Without it these callers get no answer. Default: true.",
      example: "false"
    ) { $0.masquerades = $1 },
    Field(
      "masqAll", .flag, doc: "Whether all callers of the Pod's host ports see the node's address. Default: false.",
      example: "true"
    ) { $0.masqueradesAll = $1 },
    Field(
      "markMasqBit", .integer(0...31),
      doc:
        "The bit of the packet mark by which the reference plugin requests masquerading. Braid's own plugin asks connection tracking instead, so it uses "
        + "no bit of the mark, and this one stays free.",
      example: "14"
    ) { _, _ in },
    Field(
      "externalSetMarkChain", .refusedText(Self.noChains),
      doc:
        "A chain of iptables that sets the mark instead of the plugin. Braid's own plugin refuses it: it has no mark and calls no chain of others.",
      example: "\"\""
    ) { _, _ in },
    conditions("conditionsV4", "IPv4"), conditions("conditionsV6", "IPv6"),
    .ofRuntime("runtimeConfig", .part(PortmapRuntimeConfiguration.self)) { $0.hostPorts = $1.hostPorts },
  ]

  private static func conditions(_ name: String, _ family: String) -> Field<PortmapConfiguration> {
    Field(
      name, .list(of: .refusedText(noConditions)),
      doc:
        "Additional matches for the \(family) rules. Braid's own plugin refuses them: its rules are the same for all Pods. `hostIP` of a mapping "
        + "limits it to one address of the node.",
      example: "[]"
    ) { _, _ in }
  }

  static let noChains = "Braid makes its rules with nf_tables and uses no mark, so no other chain can set it"
  static let noConditions = "Braid's rules are the same for all Pods, so they have no conditions: give the mapping a hostIP"

  package static let heading = ShapeHeading(
    id: "plugin-portmap", name: "portmap", doc: "Forwards ports of the node to the Pod, as `portMappings` of the attachment say.",
    isOfChain: true)

  package static let shape = shapeOfFields
}

/// `runtimeConfig` for `portmap`.
private struct PortmapRuntimeConfiguration: ConfigurationPart {
  private(set) var hostPorts: [HostPort] = []

  init() {}

  static let fields: [Field<PortmapRuntimeConfiguration>] = [
    .ofRuntime("portMappings", .list(of: .part(HostPortKeys.self))) { $0.hostPorts = $1.map(\.hostPort) }
  ]

  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    var seen: [HostPort: HostPort] = [:]
    for hostPort in hostPorts {
      if let other = seen.updateValue(hostPort, forKey: hostPort.withoutTarget), other != hostPort {
        throw .invalid(path.appending("portMappings"), reason: "the host port \(hostPort.withoutTarget) is mapped twice")
      }
    }
    var kept: Set<HostPort> = []
    hostPorts = hostPorts.filter { kept.insert($0).inserted }
  }
}

/// The keys that Braid's own `portmap` cannot obey.
private enum PortmapFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts.ofNothing(configuration)
    facts.notBuilt = [
      .backend("backend", in: configuration),
      .filled("externalSetMarkChain", PortmapConfiguration.noChains, in: configuration),
      .filled("conditionsV4", PortmapConfiguration.noConditions, in: configuration),
      .filled("conditionsV6", PortmapConfiguration.noConditions, in: configuration),
    ].compactMap { $0 }
    return facts
  }
}
