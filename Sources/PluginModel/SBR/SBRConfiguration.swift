import CNI
import JSON
import NetworkTypes

extension Plugin {
  static let sbr = Plugin(
    .sbr, .chained,
    facts: SBRFacts.facts, validate: SBRConfiguration.validate, review: SBRConfiguration.review, table: { SBRConfiguration.shape }
  )
}

/// The configuration of the `sbr` plugin, with the reference plugin's names and defaults.
package struct SBRConfiguration: ChainedConfiguration {
  /// The routing table of the rules. Nil lets the plugin choose a table for each address and fill it.
  package private(set) var table: UInt32?
  /// The next hops of the default routes, instead of those of the IPAM plugin: at most one of each family.
  package private(set) var gateways: [IPAddress] = []

  package init() {}

  package static let fields: [Field<SBRConfiguration>] = [
    Field(
      "table", .integer(1...0x7fff_ffff),
      doc:
        "The routing table of the rules. The plugin then leaves its routes to you. Default: a free table from 100 on, which gets the "
        + "interface's routes.", example: "100"
    ) { $0.table = UInt32($1) },
    Field(
      "gateways", .list(of: .nextHop),
      doc: "The next hops instead of those that IPAM names, at most one a family. With `table` it has no effect.",
      example: "[10.1.0.1]"
    ) { $0.gateways = $1 },
    Field(
      "addSourceHints", .flag,
      doc:
        "Read for the reference plugin's sake: the main table always keeps the routes to the interface's subnets, and packets to them "
        + "always get the interface's address.", example: "true"
    ) { _, _ in },
  ]

  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    let place = path.appending("gateways")
    guard gateways.count <= 2 else {
      throw .invalid(place, reason: "gateways list cannot contain more than 2 entries (one IPv4, one IPv6)")
    }
    guard gateways.count == 2, gateways[0].family == gateways[1].family else { return }
    let family = gateways[0].family == .ipv4 ? "IPv4" : "IPv6"
    throw .invalid(place, reason: "gateways list contains multiple \(family) addresses: \(gateways[0]) and \(gateways[1])")
  }

  package static let heading = ShapeHeading(
    id: "plugin-sbr", name: "sbr",
    doc:
      "Source routing: a packet leaves the Pod through the interface that has the packet's source address. `routing: source` of an "
      + "attachment adds the plugin to the chain.",
    isOfChain: true)

  package static let shape = shapeOfFields
}

extension Codec where Value == IPAddress {
  /// An address with the reference plugin's message.
  fileprivate static var nextHop: Codec {
    .text(.address, refusal: { "invalid static gateway IP address: \($0)" }) { (text) throws(NetworkTypeError) in
      try IPAddress(text)
    }
  }
}

/// The facts of `sbr`. With `table` it adds rules only.
private enum SBRFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts.ofMover(configuration)
    facts.movesRoutes = (configuration.value(named: "table")?.int ?? 0) == 0
    return facts
  }
}
