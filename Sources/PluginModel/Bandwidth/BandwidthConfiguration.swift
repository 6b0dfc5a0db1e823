import CNI
import NetworkTypes

extension Plugin {
  static let bandwidth = Plugin(
    .bandwidth, .chained, capabilities: ["bandwidth"],
    facts: PluginFacts.ofNothing, validate: BandwidthConfiguration.validate, review: BandwidthConfiguration.review,
    table: { BandwidthConfiguration.shape })
}

/// The configuration of the `bandwidth` plugin, with the reference plugin's names.
package struct BandwidthConfiguration: ChainedConfiguration {
  /// What the Pod may receive. Nil for no limit.
  package private(set) var ingress: RateLimit?
  /// What the Pod may send. Nil for no limit.
  package private(set) var egress: RateLimit?
  package private(set) var scope = ShapingScope.everything

  private var own = RateLimitKeys()
  private var runtime = BandwidthRuntimeConfiguration()
  private var shapedSubnets: [CIDR] = []
  private var unshapedSubnets: [CIDR] = []

  package init() {}

  package static let fields: [Field<BandwidthConfiguration>] =
    RateLimitKeys.fields.map { field in
      field.inside { (bandwidth, read) throws(ConfigurationError) in try read(&bandwidth.own) }
    } + [
      Field(
        "shapedSubnets", .list(of: .cidr),
        doc: "The limits only apply to traffic with these subnets. Not with `unshapedSubnets`. Default: all.",
        example: "[10.0.0.0/8]"
      ) { $0.shapedSubnets = $1 },
      Field(
        "unshapedSubnets", .list(of: .cidr),
        doc: "The limits do not apply to traffic with these subnets. Not with `shapedSubnets`. Default: none.",
        example: "[10.0.0.0/8]"
      ) { $0.unshapedSubnets = $1 },
      .ofRuntime("runtimeConfig", .part(BandwidthRuntimeConfiguration.self)) { $0.runtime = $1 },
    ]

  package static let heading = ShapeHeading(
    id: "plugin-bandwidth", name: "bandwidth",
    doc:
      "Limits the Pod's traffic, at the node's end of its interface. So the interface must be one of `bridge` or `ptp`. If any of the first "
      + "four keys is there, `bandwidth` of an attachment does not count.",
    isOfChain: true,
    relations: [
      .needs("ingressRate", "ingressBurst"), .needs("ingressBurst", "ingressRate"), .needs("egressRate", "egressBurst"),
      .needs("egressBurst", "egressRate"), .excludes("shapedSubnets", "unshapedSubnets"),
    ])

  package static let shape = shapeOfFields

  /// The plugin's own limits win as a whole over those of `runtimeConfig`, even if they are 0.
  package mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    let limits = own.isEmpty ? runtime.bandwidth : own
    ingress = try limits.limit(.ingress)
    egress = try limits.limit(.egress)
    switch (shapedSubnets.isEmpty, unshapedSubnets.isEmpty) {
    case (true, true): break
    case (false, true): scope = .only(Self.networks(shapedSubnets))
    case (true, false): scope = .except(Self.networks(unshapedSubnets))
    case (false, false):
      throw .invalid(path.appending("unshapedSubnets"), reason: "shapedSubnets and unshapedSubnets exclude each other")
    }
  }

  /// The networks without host bits, each once.
  private static func networks(_ subnets: [CIDR]) -> [CIDR] {
    var networks: [CIDR] = []
    for subnet in subnets where !networks.contains(subnet.network) { networks.append(subnet.network) }
    return networks
  }

  /// The node shapes at its own end of the Pod's interface.
  package func review(_ call: PlannedCall) throws(PluginConfigurationError) {
    guard let limit = ingress ?? egress, let maker = call.maker,
      Plugin.named(maker)?.facts([:]).hasNodeEnd == false
    else { return }
    throw .attachment(.noNodeEnd(maker, limit.path))
  }
}

/// The traffic that limits apply to, by the addresses that the Pod talks to.
package enum ShapingScope: Equatable, Sendable {
  case everything
  case only([CIDR])
  case except([CIDR])
}

/// The part of `runtimeConfig` that the plugin reads.
struct BandwidthRuntimeConfiguration: ConfigurationPart {
  private(set) var bandwidth = RateLimitKeys()

  init() {}

  static let fields: [Field<BandwidthRuntimeConfiguration>] = [
    .ofRuntime("bandwidth", .part(RateLimitKeys.self)) { $0.bandwidth = $1 }
  ]
}
