import CNI
import JSON
import NetworkTypes
import System

/// The keys of the `host-local` plugin, with the reference plugin's names and defaults.
package struct HostLocalConfiguration {
  /// In the order `runtimeConfig.ipRanges`, the old single range, `ranges`.
  let sets: [RangeSet]
  let routes: [CNIResult.Route]
  /// Default `/var/lib/cni/networks`.
  let dataDir: String
  let resolvConf: String?
  /// CNI_ARGS' IP, `args.cni.ips` and `runtimeConfig.ips`, each once, with or without prefix length.
  let requested: [IPAddress]

  /// Reads the configuration alone, or with the arguments of a call.
  package init(_ configuration: PluginConfiguration, _ args: CNIArguments = .none) throws(IPAMError) {
    let byArguments: [IPAddress]
    do { byArguments = try Self.requested(args) } catch { throw .protocol(error) }
    do throws(ConfigurationError) {
      guard let ipam = try configuration.reader.object("ipam") else { throw .missing(.init("ipam")) }
      routes = try Self.routes(ipam)
      dataDir = try ipam.string("dataDir").flatMap { $0.isEmpty ? nil : $0 } ?? "/var/lib/cni/networks"
      guard dataDir.utf8.first == UInt8(ascii: "/") else {
        throw .invalid(ipam.path.appending("dataDir"), reason: "\"\(dataDir)\" is not an absolute path")
      }
      resolvConf = try ipam.string("resolvConf").flatMap { $0.isEmpty ? nil : $0 }
      requested = try Self.requested(configuration.reader, byArguments)
    } catch { throw .configuration(error) }
    sets = try Self.sets(configuration)
  }

  private static func routes(_ ipam: ConfigurationReader) throws(ConfigurationError) -> [CNIResult.Route] {
    var routes: [CNIResult.Route] = []
    for entry in try ipam.objects("routes") ?? [] { routes.append(try CNIResult.Route(entry)) }
    return routes
  }

  private static func requested(_ args: CNIArguments) throws(ProtocolError) -> [IPAddress] {
    try args.refuseUnknown(except: ["IP"])
    guard let text = args["IP"], !text.isEmpty else { return [] }
    do throws(ConfigurationError) { return [try ConfigurationReader([:]).address(text, at: .init("IP"))] } catch {
      throw .argument("IP", value: text, reason: error.reason)
    }
  }

  private static func requested(
    _ reader: ConfigurationReader, _ byArguments: [IPAddress]
  ) throws(ConfigurationError) -> [IPAddress] {
    var found = byArguments
    for holder in [try reader.object("args")?.object("cni"), try reader.object("runtimeConfig")] {
      guard let holder else { continue }
      for (i, text) in (try holder.strings("ips") ?? []).enumerated() {
        let address = try holder.address(text, at: holder.path.appending("ips").appending(i))
        if !found.contains(address) { found.append(address) }
      }
    }
    return found
  }

  private static func sets(_ configuration: PluginConfiguration) throws(IPAMError) -> [RangeSet] {
    let reader = configuration.reader
    var sources: [[ConfigurationReader]] = []
    do throws(ConfigurationError) {
      guard let ipam = try reader.object("ipam") else { return [] }
      if let runtime = try reader.object("runtimeConfig") { sources += try runtime.lists("ipRanges") }
      if ipam.value("subnet") != nil { sources.append([ipam]) } else { try ipam.refuseAddresses() }
      sources += try ipam.lists("ranges")
    } catch { throw .configuration(error) }
    guard !sources.isEmpty else { throw .noRanges }
    var sets: [RangeSet] = []
    for (i, source) in sources.enumerated() {
      do {
        sets.append(try RangeSet(try source.map { try AddressRange($0) }))
      } catch let error as ConfigurationError { throw .configuration(error) } catch let error as RangeFailure {
        throw .rangeSet(i, error.problem)
      } catch { preconditionFailure("no other error is thrown") }
    }
    try configuration.cniVersion.refuseSeveral(sets.map(\.family))
    for (j, set) in sets.enumerated() {
      for i in 0..<j where sets[i].overlaps(set) { throw .overlap(i, j) }
    }
    return sets
  }
}

extension SpecVersion {
  /// Throws `severalAddresses` where two addresses of a family are more than a result of this version holds.
  func refuseSeveral(_ families: [AddressFamily]) throws(IPAMError) {
    if !hasInterfaces, families.count > Set(families).count { throw .severalAddresses(self) }
  }
}

extension AddressRange {
  fileprivate init(_ reader: ConfigurationReader) throws {
    let address = { (text: String) throws(NetworkTypeError) in try IPAddress(text) }
    guard let subnet = try reader.parsed("subnet", { (text) throws(NetworkTypeError) in try CIDR(text) }) else {
      throw RangeFailure(.noSubnet)
    }
    try self.init(
      subnet: subnet, start: try reader.parsed("rangeStart", address), end: try reader.parsed("rangeEnd", address),
      gateway: try reader.parsed("gateway", address))
  }
}

extension ConfigurationReader {
  /// A list of lists of objects.
  fileprivate func lists(_ key: String) throws(ConfigurationError) -> [[ConfigurationReader]] {
    var out: [[ConfigurationReader]] = []
    for (i, list) in (try array(key) ?? []).enumerated() {
      let path = path.appending(key).appending(i)
      guard let items = list.array else { throw .wrongType(path, expected: "an array", found: list.kind) }
      var readers: [ConfigurationReader] = []
      for (j, item) in items.enumerated() {
        guard let object = item.object else { throw .wrongType(path.appending(j), expected: "an object", found: item.kind) }
        readers.append(ConfigurationReader(object, path: path.appending(j)))
      }
      out.append(readers)
    }
    return out
  }

  /// Refuses what is no address in the keys of a range, although there is no range to which they belong.
  fileprivate func refuseAddresses() throws(ConfigurationError) {
    for key in ["rangeStart", "rangeEnd", "gateway"] {
      _ = try parsed(key) { (text) throws(NetworkTypeError) in try IPAddress(text) }
    }
  }

  /// An address with or without prefix length.
  func address(_ text: String, at path: KeyPath) throws(ConfigurationError) -> IPAddress {
    do throws(NetworkTypeError) { return text.contains("/") ? try CIDR(text).address : try IPAddress(text) } catch {
      throw .invalid(path, reason: "invalid IP address \(text)")
    }
  }
}
