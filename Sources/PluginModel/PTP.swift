import CNI
import JSON
import NetworkTypes

extension Plugin {
  static let ptp = Plugin(
    .ptp, .interface,
    facts: PTPFacts.facts, validate: PTPConfiguration.validate, review: PTPConfiguration.review, table: { PTPConfiguration.shape }
  )
}

/// The configuration of the `ptp` plugin, with the reference plugin's names and defaults.
package struct PTPConfiguration: InterfaceConfiguration {
  package private(set) var link = LinkConfiguration()

  package init() {}

  package static let fields: [Field<PTPConfiguration>] =
    LinkConfiguration.masquerading.map { field in
      field.inside { (ptp, read) throws(ConfigurationError) in try read(&ptp.link) }
    } + [Field(CommonKeys.mtu) { $0.link.mtu = $1 }]
    + LinkConfiguration.addresses(ipam: .requiredByReader).map { field in
      field.inside { (ptp, read) throws(ConfigurationError) in try read(&ptp.link) }
    }

  package static let readsMACArgument = false
  package static let routesToGateways = true

  /// An address that somebody asks for gets the gateway that the policy names for its network.
  package func completed(_ addresses: CNIResult, defaultRoutes: [AddressFamily], _ bounds: NodeBounds?) -> CNIResult {
    var result = addresses
    for i in result.ips.indices where result.ips[i].gateway == nil {
      result.ips[i].gateway = bounds?.gateway(of: result.ips[i].address)
    }
    return result
  }

  /// The container has no next hop but the gateways, so each address needs one of its own family.
  package func check(_ addresses: CNIResult, _ bounds: NodeBounds?) throws(AttachmentProblem) {
    try bounds?.check(addresses)
    for ip in addresses.ips {
      guard let gateway = ip.gateway, gateway.family == ip.address.family else { throw .noGateway(ip.address) }
      if addresses.ips.contains(where: { $0.address.address == gateway }) { throw .ownGateway(gateway) }
    }
  }

  /// Without addresses the plugin has nothing to route.
  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    if link.ipam == nil { throw .missing(path.appending("ipam")) }
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
    facts.hasNodeEnd = true
    facts.mtu = configuration.mtu
    // The Pod's neighbour is the node, which has the gateway's address.
    facts.reachesNeighbours = true
    facts.routesToGateway = true
    facts.notBuilt = [.backend("ipMasqBackend", in: configuration)].compactMap { $0 }
    return facts
  }
}
