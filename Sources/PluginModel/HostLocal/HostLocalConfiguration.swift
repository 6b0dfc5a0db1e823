import CNI
import NetworkTypes

extension Plugin {
  static let hostLocal = Plugin(
    .hostLocal, .ipam, capabilities: ["ips", "ipRanges"],
    facts: HostLocalFacts.facts,
    validate: { (configuration) throws(PluginConfigurationError) in _ = try HostLocalConfiguration(configuration) },
    review: { (configuration, call) throws(PluginConfigurationError) in
      try HostLocalConfiguration(configuration).foreseen(call.args)
    },
    table: { HostLocalKeys.shape })
}

/// The configuration of the `host-local` plugin, with the reference plugin's names and defaults.
package struct HostLocalConfiguration: Sendable {
  /// The network under whose name the reservations are kept.
  package let network: NetworkName
  /// First those of `runtimeConfig.ipRanges`, then the single range of the old form, then those of `ranges`.
  package let sets: [RangeSet]
  package let routes: [CNIResult.Route]
  /// Default `/var/lib/cni/networks`.
  package let dataDir: String
  package let resolvConf: String?
  /// The addresses of `args.cni.ips` and `runtimeConfig.ips`, without duplicates. Addresses in CNI_ARGS are not part of the
  /// configuration.
  package let requested: [IPAddress]
  /// How many of `requested` are those of `args.cni.ips`, which come first.
  private let conventionalCount: Int

  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    let keys: HostLocalKeys
    let runtime: [[RangeKeys]]
    do throws(ConfigurationError) {
      guard let ipam = try configuration.reader.object("ipam") else { throw .missing(.init("ipam")) }
      keys = try HostLocalKeys(ipam)
      let conventional = try RequestedAddresses(in: configuration.reader.object("args")?.object("cni"))
      let byRuntime = try configuration.reader.object("runtimeConfig")
      requested = (conventional.ips + (try RequestedAddresses(in: byRuntime).ips)).eachOnce
      conventionalCount = conventional.ips.eachOnce.count
      runtime = try RuntimeRanges(in: byRuntime).ranges
    } catch { throw .configuration(error) }
    network = configuration.name
    (routes, dataDir, resolvConf) = (keys.routes, keys.dataDir, keys.resolvConf)
    let ranges = runtime + (keys.oldForm.map { [[$0]] } ?? []) + keys.ranges
    sets = try Self.sets(ranges, for: configuration.cniVersion)
  }

  /// The addresses that CNI_ARGS and the configuration request, each once.
  package func requested(_ args: CNIArguments) throws(ProtocolError) -> [IPAddress] {
    try args.refuseUnknown(except: ["IP"])
    guard let text = args["IP"], !text.isEmpty else { return requested }
    guard let address = try? IPAddress(requested: text) else {
      throw .argument("IP", value: text, reason: IPAddress.refusal(ofRequested: text))
    }
    return [address] + requested.filter { $0 != address }
  }

  /// The key that requests an address; empty for CNI_ARGS.
  func path(ofRequested address: IPAddress) -> ConfigurationError.KeyPath {
    guard let place = requested.firstIndex(of: address) else { return .init() }
    return place < conventionalCount ? .init("args", "cni", "ips") : .init("runtimeConfig", "ips")
  }

  private static func sets(_ ranges: [[RangeKeys]], for version: SpecVersion) throws(PluginConfigurationError) -> [RangeSet] {
    guard !ranges.isEmpty else { throw .noRanges }
    var sets: [RangeSet] = []
    for (i, set) in ranges.enumerated() {
      do throws(RangeFailure) { sets.append(try RangeSet(keys: set)) } catch { throw .rangeSet(i, error.problem) }
    }
    guard version.hasRoom(for: sets.map(\.family)) else { throw .severalAddresses(version) }
    for (j, set) in sets.enumerated() {
      for i in 0..<j where sets[i].overlaps(set) { throw .overlap(i, j) }
    }
    return sets
  }
}

extension SpecVersion {
  /// Whether a result of this version has room for one address of each of these families. Before 0.3.0 it holds one address a
  /// family.
  package func hasRoom(for families: [AddressFamily]) -> Bool { hasInterfaces || families.count == Set(families).count }
}

extension RangeSet {
  fileprivate init(keys: [RangeKeys]) throws(RangeFailure) {
    var ranges: [AddressRange] = []
    for range in keys {
      guard let subnet = range.subnet else { throw RangeFailure(.noSubnet) }
      ranges.append(try AddressRange(subnet: subnet, start: range.start, end: range.end, gateway: range.gateway))
    }
    try self.init(ranges)
  }
}

extension [IPAddress] {
  fileprivate var eachOnce: [IPAddress] {
    var seen: Set<IPAddress> = []
    return filter { seen.insert($0).inserted }
  }
}
