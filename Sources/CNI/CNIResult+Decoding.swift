import JSON
import NetworkTypes

extension CNIResult {
  /// Reads a result in the form of the version that it names, or of `fallback` if it names none.
  ///
  /// Throws `ResultError.unknownVersion`, or `.malformed` with the path of the key.
  package init(_ object: JSONObject, fallback: SpecVersion) throws(ResultError) {
    let reader = ConfigurationReader(object)
    do throws(ConfigurationError) {
      var version = fallback
      if let text = try reader.string("cniVersion"), !text.isEmpty {
        guard let named = SpecVersion(rawValue: text) else { throw .invalid(.init("cniVersion"), reason: text) }
        version = named
      }
      self = version.hasInterfaces ? try CNIResult(modern: reader) : try CNIResult(legacy: reader)
      dns = try DNS(reader.object("dns"))
    } catch {
      if case .invalid(.init("cniVersion"), let text) = error { throw .unknownVersion(text) }
      throw .malformed(error)
    }
  }

  private init(modern reader: ConfigurationReader) throws(ConfigurationError) {
    self.init()
    for item in try reader.objects("interfaces") ?? [] { interfaces.append(try Interface(item)) }
    for item in try reader.objects("ips") ?? [] { ips.append(try IP(item)) }
    for item in try reader.objects("routes") ?? [] { routes.append(try Route(item)) }
  }

  private init(legacy reader: ConfigurationReader) throws(ConfigurationError) {
    self.init()
    for key in ["ip4", "ip6"] {
      guard let entry = try reader.object(key) else { continue }
      let address = try entry.required("ip") { text throws(NetworkTypeError) in try CIDR(text) }
      ips.append(
        IP(address: address, gateway: try entry.parsed("gateway") { text throws(NetworkTypeError) in try IPAddress(text) }))
      for item in try entry.objects("routes") ?? [] { routes.append(try Route(item)) }
    }
  }
}

extension CNIResult.Interface {
  fileprivate init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    self.init(
      name: try reader.string("name") ?? "", mac: try reader.string("mac") ?? "", mtu: try reader.int("mtu"),
      sandbox: try reader.string("sandbox") ?? "", socketPath: try reader.string("socketPath") ?? "",
      pciID: try reader.string("pciID") ?? "")
  }
}

extension CNIResult.IP {
  fileprivate init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    self.init(
      interface: try reader.int("interface"),
      address: try reader.required("address") { text throws(NetworkTypeError) in try CIDR(text) },
      gateway: try reader.parsed("gateway") { text throws(NetworkTypeError) in try IPAddress(text) })
  }
}

extension CNIResult.Route {
  fileprivate init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    self.init(
      dst: try reader.required("dst") { text throws(NetworkTypeError) in try CIDR(text) },
      gw: try reader.parsed("gw") { text throws(NetworkTypeError) in try IPAddress(text) },
      mtu: try reader.given("mtu"), advmss: try reader.given("advmss"), priority: try reader.given("priority"),
      table: try reader.natural("table"), scope: try reader.natural("scope", through: 255))
  }
}

extension CNIResult.DNS {
  /// Reads a `dns` object; nil reads as empty.
  fileprivate init(_ reader: ConfigurationReader?) throws(ConfigurationError) {
    self.init(
      nameservers: try reader?.strings("nameservers") ?? [], domain: try reader?.string("domain") ?? "",
      search: try reader?.strings("search") ?? [], options: try reader?.strings("options") ?? [])
  }
}

extension ConfigurationReader {
  /// A whole number from 0 to `limit`, by default the largest number of 32 bits.
  fileprivate func natural(_ key: String, through limit: Int = 0xffff_ffff) throws(ConfigurationError) -> Int? {
    guard let number = try int(key) else { return nil }
    guard (0...limit).contains(number) else { throw .invalid(path.appending(key), reason: "\(number) is not from 0 to \(limit)") }
    return number
  }

  /// Like `natural`, but 0 counts as absent: Go programs write 0 for a number that is not set.
  fileprivate func given(_ key: String) throws(ConfigurationError) -> Int? {
    let number = try natural(key)
    return number == 0 ? nil : number
  }

  /// Like `parsed`, but the key must be there: throws `ConfigurationError.missing`.
  package func required<T>(_ key: String, _ parse: (String) throws(NetworkTypeError) -> T) throws(ConfigurationError) -> T {
    guard let value = try parsed(key, parse) else { throw .missing(path.appending(key)) }
    return value
  }
}
