import CNI
import JSON
import NetworkTypes

extension Plugin {
  static let ptp = Plugin(
    .ptp, .interface,
    facts: PTPFacts.facts, validate: PTPConfiguration.validate, table: { PTPConfiguration.shape })
}

/// The configuration of the `ptp` plugin, with the reference plugin's names and defaults.
package struct PTPConfiguration: KeyedConfiguration {
  package private(set) var link = LinkConfiguration()

  package init() {}

  package static let fields: [Field<PTPConfiguration>] =
    [
      Field(
        "ipMasq", .refusedFlag("masquerading is not built yet"),
        doc:
          "Whether packets that leave the node get the node's address. Braid's own ptp refuses `true`: masquerading is not built yet.",
        example: "false"
      ) { _, _ in },
      .unread(CommonKeys.ipMasqBackend.passedOver),
      Field(CommonKeys.mtu) { $0.link.mtu = $1 },
    ]
    + LinkConfiguration.addresses(ipam: .requiredByReader).map { field in
      field.inside { (ptp, read) throws(ConfigurationError) in try read(&ptp.link) }
    }

  /// Without addresses the plugin has nothing to route.
  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    if link.ipam == nil { throw .missing(path.appending("ipam")) }
  }

  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    let parsed: PTPConfiguration
    do { parsed = try PTPConfiguration(configuration) } catch { throw .configuration(error) }
    try parsed.link.validateIPAM(configuration)
  }

  package static let heading = ShapeHeading(
    id: "plugin-ptp", name: "ptp",
    doc: "A veth pair between the Pod and the node. The node routes the Pod's packets. It needs an `ipam`.",
    isOfChain: true)

  package static let shape = shapeOfFields
}

/// The facts of `ptp`.
private enum PTPFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.mtu = configuration.mtu
    // The Pod's neighbour is the node, which has the gateway's address.
    facts.reachesNeighbours = true
    facts.routesToGateway = true
    if let member = configuration.member(named: "ipMasq"), member.value == .bool(true) {
      facts.notBuilt = [
        .init(
          key: member.name,
          text: "the built-in ptp does not masquerade yet: do it on the node, for example with a rule of nftables")
      ]
    }
    return facts
  }
}
