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
  /// `runtimeConfig.ips` stands instead of `args.cni.ips`, and that instead of `addresses`; empty lists count as absent.
  package let addresses: [CNIResult.IP]
  /// Whether the addresses are the runtime's or of `args`, to which CNI_ARGS adds nothing.
  package let isReplaced: Bool
  /// Says how many addresses a result has room for.
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

/// What stands instead of the addresses in `args.cni` and in `runtimeConfig` (CNI conventions). No policy has it: the table leaves it
/// open.
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
