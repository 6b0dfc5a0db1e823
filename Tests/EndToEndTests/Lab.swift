import Foundation
import JSON
import TestSupport
import Testing

/// A node with a network card `eth1` on a LAN, a policy, and its own state directories.
struct Lab {
  let node: ScratchNamespace
  let directory: TemporaryDirectory

  /// The networks of every policy here: two bridges and a macvlan.
  static let networks = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods:
        chain:
          - type: bridge
            bridge: br-pods
            isDefaultGateway: true
            ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.244.7.0/24}]]}
      storage:
        chain:
          - type: macvlan
            master: eth1
            ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 192.168.40.0/24, rangeStart: 192.168.40.64}]]}
      fabric:
        chain:
          - type: bridge
            bridge: br-fabric
            isGateway: true
            ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.7.0.0/24}], [{subnet: "fd00:7::/64"}]]}
    """

  static let three = """
    rules:
      - name: databases
        match: {namespaces: [db]}
        attach: [{network: pods, defaultRoute: true}, {network: storage}, {network: fabric}]
      - name: everyone
        attach: [{network: pods}]
    """

  init(_ more: String = Lab.three, networks: String = Lab.networks) throws {
    node = try ScratchNamespace()
    directory = try TemporaryDirectory()
    try node.turnOffDuplicateDetection()
    try node.run("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "lan1")
    try node.run("ip", "link", "set", "lan1", "up")
    try node.run("ip", "link", "set", "eth1", "up")
    // Forwarding is on from the start, as on a node of a cluster. A gateway would switch it on, and DEL leaves it on, as the reference
    // plugin does: the dumps before and after would differ.
    try node.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
    try setPolicy(networks + "\n" + more)
  }

  func setPolicy(_ text: String) throws {
    try directory.write("policy.yaml", text.replacingOccurrences(of: "DIR", with: directory.path))
  }

  /// A call as a runtime makes it, by default for a Pod of the namespace `db`.
  func call(
    _ id: String, _ container: ScratchNamespace?, namespace: String = "db", ifName: String = "eth0", keys: JSONObject = [:]
  ) -> PluginCall {
    var configuration: JSONObject = [
      "cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": .string(directory["policy.yaml"]),
      "stateDir": .string(directory["state"]),
    ]
    for member in keys.members { configuration[member.name] = member.value }
    var call = PluginCall(Products.braid, containerID: id, netns: container, configuration: .object(configuration))
    call.ifName = ifName
    call.args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=\(namespace);K8S_POD_NAME=pod-\(id)"
    return call
  }

  func add(_ id: String, _ container: ScratchNamespace, namespace: String = "db") throws -> JSONObject {
    try call(id, container, namespace: namespace).run(on: node).result()
  }

  /// The records and reservations. After DEL there must be none.
  var left: [String] {
    let records = directory.list("state/records") + directory.list("state/unfinished")
    let reservations = directory.list("ipam").filter { file in
      !file.hasSuffix("/") && !file.hasSuffix("/lock") && !file.contains("last_reserved_ip") && !file.hasSuffix(".braid/stamp")
    }
    return records + reservations
  }

  /// The reservations of one network, as file names.
  func reservations(_ network: String) -> [String] {
    directory.list("ipam/\(network)").filter { $0.first?.isNumber == true || $0.contains("::") }.filter { !$0.contains("/") }
  }
}

extension JSON {
  /// The value at a path of keys and indices. Nil if there is none.
  subscript(path: Any...) -> JSON? {
    path.reduce(Optional(self)) { value, step in
      switch step {
      case let key as String: value?.object?[key]
      case let index as Int: value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      default: nil
      }
    }
  }
}

/// Expects the namespace to be as it was.
func expectNoChange(_ before: NamespaceDump, _ namespace: ScratchNamespace, _ location: SourceLocation = #_sourceLocation) throws
{
  let difference = before.difference(to: try NamespaceDump(namespace))
  #expect(difference == [], sourceLocation: location)
}
