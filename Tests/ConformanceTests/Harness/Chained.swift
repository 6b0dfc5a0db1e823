import JSON
import TestSupport
import Testing

/// Plugins that work on an interface which others made: here `ip` has made it.
extension Bench {
  /// Makes the interface of the container, the end of a pair, and gives the result that its maker would have returned. The node's end has
  /// the name with `-peer`, and no address.
  func makeInterface(
    _ name: String = "eth0", addresses: [String] = ["10.1.0.2/24"], gateways: [String?] = ["10.1.0.1"], routes: [JSON] = []
  ) throws -> JSON {
    let pod = pod.namespace
    try pod.run("ip", "link", "add", name, "type", "veth", "peer", "name", "\(name)-peer", "netns", node.name)
    try node.run("ip", "link", "set", "\(name)-peer", "up")
    try pod.run("ip", "link", "set", name, "up")
    for address in addresses { try pod.run("ip", "address", "add", address, "dev", name, "nodad") }
    for route in routes {
      try pod.run("ip", "route", "add", route["dst"].text, "via", route["gw"].text, "dev", name)
    }
    return resultOfInterfaces([name], addresses.enumerated().map { ($1, gateways.count > $0 ? gateways[$0] : nil, 0) }, routes)
  }

  /// A result with these interfaces of the container. An address has its gateway and the index of its interface.
  func resultOfInterfaces(
    _ names: [String], _ addresses: [(address: String, gateway: String?, interface: Int)], _ routes: [JSON] = []
  ) -> JSON {
    let interfaces = names.map { name -> JSON in
      ["name": .string(name), "mac": pod.namespace.link(name)["address"], "sandbox": .string(pod.namespace.path)]
    }
    let ips = addresses.map { address, gateway, interface -> JSON in
      var ip: JSONObject = ["address": .string(address), "interface": JSON(interface)]
      if let gateway { ip["gateway"] = .string(gateway) }
      if spec < .v100 { ip["version"] = address.contains(":") ? "6" : "4" }
      return .object(ip)
    }
    var result: JSONObject = ["cniVersion": .string(spec.rawValue), "interfaces": .array(interfaces), "ips": .array(ips)]
    if !routes.isEmpty { result["routes"] = .array(routes) }
    return .object(result)
  }
}
