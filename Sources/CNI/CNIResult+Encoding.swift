import JSON
import NetworkTypes

extension CNIResult {
  /// The result in the form of that version. Keys that the version does not have are left out.
  ///
  /// Versions 0.1.0 and 0.2.0 take the first address of each family. Throws `ResultError.noAddress` for them if there is none.
  package func json(_ version: SpecVersion) throws(ResultError) -> JSON {
    guard version.hasInterfaces else { return try legacyJSON(version) }
    var object: JSONObject = ["cniVersion": .string(version.rawValue)]
    if !interfaces.isEmpty { object["interfaces"] = .array(interfaces.map { $0.json(version) }) }
    if !ips.isEmpty { object["ips"] = .array(ips.map { $0.json(version) }) }
    if !routes.isEmpty { object["routes"] = .array(routes.map { $0.json(version) }) }
    if !dns.isEmpty || version < .v100 { object["dns"] = dns.json }
    return .object(object)
  }

  private func legacyJSON(_ version: SpecVersion) throws(ResultError) -> JSON {
    var object: JSONObject = ["cniVersion": .string(version.rawValue)]
    for (key, family) in [("ip4", AddressFamily.ipv4), ("ip6", .ipv6)] {
      guard let ip = ips.first(where: { $0.address.family == family }) else { continue }
      var entry: JSONObject = ["ip": .string(ip.address.description)]
      if let gateway = ip.gateway { entry["gateway"] = .string(gateway.description) }
      let own = routes.filter { $0.dst.family == family }
      if !own.isEmpty { entry["routes"] = .array(own.map { $0.json(version) }) }
      object[key] = .object(entry)
    }
    guard object.members.count > 1 else { throw .noAddress }
    object["dns"] = dns.json
    return .object(object)
  }
}

extension CNIResult.Interface {
  fileprivate func json(_ version: SpecVersion) -> JSON {
    var object: JSONObject = ["name": .string(name)]
    if !mac.isEmpty { object["mac"] = .string(mac) }
    if version >= .v110, let mtu, mtu != 0 { object["mtu"] = JSON(mtu) }
    if !sandbox.isEmpty { object["sandbox"] = .string(sandbox) }
    if version >= .v110, !socketPath.isEmpty { object["socketPath"] = .string(socketPath) }
    if version >= .v110, !pciID.isEmpty { object["pciID"] = .string(pciID) }
    return .object(object)
  }
}

extension CNIResult.IP {
  fileprivate func json(_ version: SpecVersion) -> JSON {
    var object = JSONObject()
    if version < .v100 { object["version"] = .string(address.family == .ipv4 ? "4" : "6") }
    if let interface { object["interface"] = JSON(interface) }
    object["address"] = .string(address.description)
    if let gateway { object["gateway"] = .string(gateway.description) }
    return .object(object)
  }
}

extension CNIResult.Route {
  fileprivate func json(_ version: SpecVersion) -> JSON {
    var object: JSONObject = ["dst": .string(dst.description)]
    if let gw { object["gw"] = .string(gw.description) }
    // The specification has the other keys since 1.1.0. The reference library writes and reads them in every form that lists
    // interfaces: without its table, a route would go into the main one.
    guard version.hasInterfaces else { return .object(object) }
    for (key, value) in [("mtu", mtu), ("advmss", advmss), ("priority", priority)] {
      if let value, value != 0 { object[key] = JSON(value) }
    }
    if let table { object["table"] = JSON(table) }
    if let scope { object["scope"] = JSON(scope) }
    return .object(object)
  }
}

extension CNIResult.DNS {
  package var json: JSON {
    var object = JSONObject()
    if !nameservers.isEmpty { object["nameservers"] = .array(nameservers.map { .string($0) }) }
    if !domain.isEmpty { object["domain"] = .string(domain) }
    if !search.isEmpty { object["search"] = .array(search.map { .string($0) }) }
    if !options.isEmpty { object["options"] = .array(options.map { .string($0) }) }
    return .object(object)
  }
}
