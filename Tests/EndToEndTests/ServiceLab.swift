import JSON
import NetworkTypes
import TestSupport

/// A node between the Pods and a client outside that has no route to the Pods.
struct ServiceLab {
  let lab: Lab
  let outside: ScratchNamespace
  var node: ScratchNamespace { lab.node }

  /// The node's address on the link to outside, and the client's.
  static let nodeAddresses = ["192.0.2.1", "2001:db8::1"]
  static let outsideAddresses = ["192.0.2.2", "2001:db8::2"]

  /// A network of one kind of link, with masquerading and host ports.
  static func network(_ type: String, extra: String = "") -> String {
    let bridge = type == "bridge" ? "bridge: br-pods, isDefaultGateway: true, " : ""
    return """
      apiVersion: braid/v1
      kind: Policy
      networks:
        pods:
          chain:
            - {type: \(type), \(bridge)ipMasq: true, \(extra)ipam: {type: host-local, dataDir: "DIR/ipam",
              ranges: [[{subnet: 10.61.0.0/24}], [{subnet: "fd61::/64"}]], routes: [{dst: 0.0.0.0/0}, {dst: "::/0"}]}}
            - type: portmap
      rules: [{name: everyone, attach: [{network: pods, defaultRoute: true}]}]
      """
  }

  init(_ networks: String, bridgeNetfilter: Bool? = nil) throws {
    lab = try Lab("", networks: networks)
    outside = try ScratchNamespace()
    try node.run("ip", "link", "set", "lo", "up")
    try outside.run("ip", "link", "set", "lo", "up")
    try node.run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "eth0", "netns", outside.name)
    for (namespace, link, addresses) in [(node, "out0", Self.nodeAddresses), (outside, "eth0", Self.outsideAddresses)] {
      try namespace.run("ip", "addr", "add", "\(addresses[0])/24", "dev", link)
      try namespace.run("ip", "addr", "add", "\(addresses[1])/64", "dev", link, "nodad")
      try namespace.run("ip", "link", "set", link, "up")
    }
    if let bridgeNetfilter {
      for key in ["iptables", "ip6tables"] {
        try node.run("sysctl", "-qw", "net.bridge.bridge-nf-call-\(key)=\(bridgeNetfilter ? 1 : 0)")
      }
    }
  }

  /// A Pod of the lab.
  struct Pod {
    let id: String
    let namespace: ScratchNamespace
    /// IPv4 first.
    let addresses: [IPAddress]
  }

  /// Makes a Pod. `ports` are its `runtimeConfig.portMappings`.
  func pod(_ id: String, ports: [JSON] = []) throws -> Pod {
    let namespace = try ScratchNamespace()
    let result = try call(id, namespace, ports).run(on: node).result()
    let addresses = try (result["ips"]?.array ?? []).compactMap {
      try IPAddress(($0.object?["address"]?.string ?? "").prefix { $0 != "/" })
    }
    return Pod(id: id, namespace: namespace, addresses: addresses)
  }

  func call(_ id: String, _ namespace: ScratchNamespace?, _ ports: [JSON] = []) -> PluginCall {
    let keys: JSONObject = ports.isEmpty ? [:] : ["runtimeConfig": ["portMappings": .array(ports)]]
    return lab.call(id, namespace, keys: keys)
  }

  /// Takes a Pod away. DEL gets no ports: Braid knows them.
  func delete(_ pod: Pod) throws { _ = try call(pod.id, pod.namespace).with("DEL").run(on: node).result() }

  static func port(
    _ host: Int, to container: Int, _ transport: Traffic.Transport = .tcp, on hostIP: String? = nil
  ) -> JSON {
    var object: JSONObject = ["hostPort": JSON(host), "containerPort": JSON(container), "protocol": .string(transport.rawValue)]
    if let hostIP { object["hostIP"] = .string(hostIP) }
    return .object(object)
  }
}
