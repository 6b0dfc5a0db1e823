import CNI
import NetworkTypes

extension Plugin {
  static let `static` = Plugin(
    .static, .ipam, capabilities: ["ips"],
    facts: StaticFacts.facts,
    validate: { (configuration) throws(PluginConfigurationError) in _ = try StaticConfiguration(configuration) },
    review: { (configuration, call) throws(PluginConfigurationError) in
      [try StaticConfiguration(configuration).foreseen(call.args)]
    },
    table: { StaticKeys.shape })
}

/// The configuration of the `static` plugin, with the reference plugin's names.
package struct StaticConfiguration: Sendable {
  /// `runtimeConfig.ips` replaces `args.cni.ips`, which replaces `addresses`. An empty list counts as absent.
  package let addresses: [CNIResult.IP]
  /// Whether the addresses come from `runtimeConfig` or `args`. CNI_ARGS then adds none.
  package let isReplaced: Bool
  /// The list that the addresses come from.
  private let list: ConfigurationError.KeyPath
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
      list =
        !runtime.isEmpty ? .init("runtimeConfig", "ips") : isReplaced ? .init("args", "cni", "ips") : .init("ipam", "addresses")
    } catch { throw .configuration(error) }
  }
}

extension StaticConfiguration {
  /// The configured addresses together with CNI_ARGS. IP adds addresses. Each address of GATEWAY becomes the gateway of the
  /// addresses whose network contains it.
  package func ips(_ args: CNIArguments) throws(PluginConfigurationError) -> [CNIResult.IP] {
    do { try args.refuseUnknown(except: ["IP", "GATEWAY"]) } catch { throw .protocol(error) }
    var ips = addresses
    for text in args.list("IP") {
      guard let address = try? CIDR(text) else {
        throw .staticArgument(reason: "the 'ip' field is expected to be in CIDR notation, got: '\(text)'")
      }
      ips.append(.init(address: address))
    }
    for text in args.list("GATEWAY") {
      guard let gateway = try? IPAddress(text) else { throw .staticArgument(reason: "invalid gateway address: \(text)") }
      for i in ips.indices where ips[i].address.contains(gateway) { ips[i].gateway = gateway }
    }
    if isReplaced { ips = addresses }
    guard version.hasRoom(for: ips.map(\.address.family)) else { throw .severalAddresses(version) }
    return ips
  }

  /// The result of an ADD.
  package func foreseen(_ args: CNIArguments) throws(PluginConfigurationError) -> ForeseenResult {
    let ips = try ips(args)
    let isOfKeys = !isReplaced
    let paths = ips.indices.map { i in
      i < addresses.count ? isOfKeys ? list.appending(i).appending("address") : list.appending(i) : ConfigurationError.KeyPath()
    }
    return ForeseenResult(CNIResult(ips: ips, routes: routes), addressPaths: paths)
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
