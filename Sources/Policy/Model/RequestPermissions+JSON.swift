import JSON
import NetworkTypes

extension RequestPermissions {
  /// The keys of an entry of `requests` that differ from their defaults.
  package var json: JSONObject {
    let defaults = RequestPermissions()
    var object = JSONObject()
    if maximum != defaults.maximum { object["maxNetworks"] = JSON(maximum) }
    if let interfaces { object["interfaces"] = .array(interfaces.map { .string($0.pattern) }) }
    switch ips {
    case .ofNetwork: break
    case .none: object["ips"] = false
    case .subnets(let subnets): object["ips"] = .array(subnets.map { .string($0.description) })
    }
    if mac != defaults.mac { object["mac"] = .bool(mac) }
    if !defaultRoute.isEmpty {
      object["defaultRoute"] = defaultRoute.count > 1 ? true : .string("ipv\(defaultRoute[0].rawValue)")
    }
    if defaultNetwork { object["defaultNetwork"] = true }
    if let portMappings { object["portMappings"] = .object(portMappings.json) }
    if bandwidth != defaults.bandwidth { object[Capability.bandwidth.rawValue] = bandwidth.json }
    if !arguments.isEmpty { object["cniArgs"] = .array(arguments.map { .string($0.pattern) }) }
    if deviceID { object["deviceID"] = true }
    if infinibandGUID { object["infinibandGUID"] = true }
    return object
  }
}

extension RequestPermissions.Ports {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "hostPorts": .array(hostPorts.map { $0.count == 1 ? JSON($0.lowerBound) : .string("\($0.lowerBound)-\($0.upperBound)") })
    ]
    if let hostIPs { object["hostIPs"] = .array(hostIPs.map { .string($0.description) }) }
    return object
  }
}
