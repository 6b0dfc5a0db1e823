import JSON
import TestSupport
import Testing

/// A Pod gets the address of a Pod that just went, on a bridge that another Pod keeps.
@Suite(.needsRoot, .needs(kernel: .bridge)) struct ReusedAddressTests {
  private static let addresses = ["10.60.0.4", "fd60::4"]

  private static let bridge: JSONObject = [
    "type": "bridge", "bridge": "br0", "isGateway": true,
    "ipam": [
      "type": "host-local", "dataDir": "DIR/ipam",
      "ranges": [
        [["subnet": "10.60.0.0/24", "rangeStart": "10.60.0.4", "rangeEnd": "10.60.0.4"]],
        [["subnet": "fd60::/64", "rangeStart": "fd60::4", "rangeEnd": "fd60::4"]],
      ],
    ],
  ]

  private static let policy = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      one: {chain: [\(JSON.object(bridge).text())]}
      keep: {chain: [{type: bridge, bridge: br0}]}
    rules:
      - {name: keeper, match: {namespaces: [keeper]}, attach: [{network: keep}]}
      - {name: everyone, attach: [{network: one}]}
    """

  /// The node answers at once where it knows the new hardware address. Otherwise it would send to the old one for half a minute.
  @Test(arguments: ["braid", "bridge"]) func theNodeReachesIt(_ program: String) throws {
    let lab = try Lab("", networks: Self.policy)
    let pods = (try ScratchNamespace(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("keeper", pods.0, namespace: "keeper")
    try Command("ln", "-s", Products.braid, lab.directory["bridge"]).require()
    func call(_ id: String, _ pod: ScratchNamespace) throws -> PluginCall {
      if program == "braid" { return lab.call(id, pod) }
      var configuration: JSONObject = ["cniVersion": "1.0.0", "name": "one"]
      for member in Self.bridge.members { configuration[member.name] = member.value }
      let text = JSON.object(configuration).text().replacing("DIR", with: lab.directory.path)
      return PluginCall(lab.directory["bridge"], containerID: id, netns: pod, configuration: try JSON(parsing: text))
    }
    _ = try call("c1", pods.1).run(on: lab.node).result()
    for address in Self.addresses { try lab.node.run("ping", "-c", "3", "-i", "0.2", "-W", "4", address) }
    _ = try call("c1", pods.1).with("DEL").run(on: lab.node).result()
    for address in Self.addresses {
      // As after a long talk with the Pod that went.
      try lab.node.run("ip", "neigh", "replace", address, "lladdr", "02:00:00:00:00:99", "dev", "br0", "nud", "reachable")
    }
    _ = try call("c2", pods.2).run(on: lab.node).result()
    for address in Self.addresses {
      // Any answer counts: the kernel takes packets for an IPv6 address a moment after it was added.
      #expect(throws: Never.self) { try lab.node.run("ping", "-c", "3", "-i", "0.2", "-W", "4", address) }
    }
  }
}
