import CNI
import NetworkTypes

extension Plugin {
  static let `static` = Plugin(
    .static, .ipam, capabilities: ["ips"],
    facts: StaticFacts.facts,
    validate: { (configuration) throws(PluginConfigurationError) in _ = try StaticConfiguration(configuration) },
    table: { StaticKeys.shape })
}

/// The configuration of the `static` plugin, with the reference plugin's names.
package struct StaticConfiguration: Sendable {
  /// `runtimeConfig.ips` replaces `args.cni.ips`, which replaces `addresses`. An empty list counts as absent.
  package let addresses: [CNIResult.IP]
  /// Whether the addresses come from `runtimeConfig` or `args`. CNI_ARGS then adds none.
  package let isReplaced: Bool
  /// The result's version, which limits how many addresses it can hold.
  package let version: SpecVersion
  package let routes: [CNIResult.Route]
  package let dns: CNIResult.DNS

  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    version = configuration.cniVersion
    do throws(ConfigurationError) {
      guard let ipam = try configuration.reader.object("ipam") else { throw .missing(.init("ipam")) }
      let keys = try StaticKeys(ipam)
      (routes, dns) = (keys.routes, keys.dns)
      let runtime = try StaticAddresses(in: configuration.reader.object("runtimeConfig")).ips
      let conventional = try StaticAddresses(in: configuration.reader.object("args")?.object("cni")).ips
      isReplaced = !runtime.isEmpty || !conventional.isEmpty
      addresses = !runtime.isEmpty ? runtime : isReplaced ? conventional : keys.addresses
    } catch { throw .configuration(error) }
  }
}

/// The addresses in `args.cni` or `runtimeConfig`, which replace the configured ones (CNI conventions). The runtime or Braid
/// writes them, so the table of keys does not list them.
private struct StaticAddresses: ConfigurationPart {
  private(set) var ips: [CNIResult.IP] = []

  init() {}

  static let fields: [Field<StaticAddresses>] = [
    .ofRuntime("ips", .list(of: address)) { $0.ips = $1.map { .init(address: $0) } }
  ]

  private static let address = Codec<CIDR>(type: .text(.value)) { (json, path) throws(ConfigurationError) in
    let text = try json.expected(json.string, "a string", path)
    guard let address = try? CIDR(text) else {
      throw .invalid(path, reason: "an entry in the 'ips' field is NOT in CIDR notation, got: '\(text)'")
    }
    return address
  }
}
