import Foundation
import JSON
import TestSupport
import Testing

/// Checks every policy in `examples`, and builds its Pods on the kernel.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan))
struct ExamplesTests {
  /// A node with one policy and the NICs of the examples. Each NIC's LAN has a router.
  private final class Node {
    let lab: Lab
    private let nodeBefore: NamespaceDump
    private var pods: [(call: PluginCall, container: ScratchNamespace, before: NamespaceDump)] = []

    init(_ example: String, routers: [String: String] = [:]) throws {
      lab = try Lab()
      let text = try String(contentsOfFile: Products.repository + "/examples/" + example, encoding: .utf8)
      let policy = text.replacing("type: host-local", with: #"type: host-local, dataDir: "DIR/ipam""#)
        .replacing(/(?m)^( +)type: host-local, dataDir: (.*)$/) { "\($0.1)type: host-local\n\($0.1)dataDir: \($0.2)" }
      try lab.setPolicy(policy)
      try lab.node.run("ip", "link", "add", "eth2", "type", "veth", "peer", "name", "lan2")
      for name in ["eth1", "lan1", "eth2", "lan2"] { try lab.node.run("ip", "link", "set", name, "mtu", "9000", "up") }
      for (link, address) in routers { try lab.node.run("ip", "address", "add", address, "dev", link) }
      nodeBefore = try NamespaceDump(lab.node)
    }

    /// Adds a Pod. The namespace is nil for a runtime without namespaces.
    func pod(_ namespace: String?, _ name: String, annotations: JSONObject = [:]) throws -> (ScratchNamespace, JSON) {
      let container = try ScratchNamespace()
      let call = self.call(namespace, name, annotations, container)
      let before = try NamespaceDump(container)
      let result = JSON.object(try call.run(on: lab.node).result())
      pods.append((call, container, before))
      _ = try call.with("CHECK").run(on: lab.node).result()
      return (container, result)
    }

    func refusal(_ namespace: String, _ name: String, annotations: JSONObject = [:]) throws -> String {
      let container = try ScratchNamespace()
      return try call(namespace, name, annotations, container).run(on: lab.node).error().text
    }

    private func call(_ namespace: String?, _ name: String, _ annotations: JSONObject, _ container: ScratchNamespace)
      -> PluginCall
    {
      let runtime: JSON = ["io.kubernetes.cri.pod-annotations": .object(annotations)]
      var call = lab.call("c-\(name)", container, keys: ["runtimeConfig": runtime])
      call.args = "IgnoreUnknown=1;K8S_POD_NAME=\(name)" + (namespace.map { ";K8S_POD_NAMESPACE=\($0)" } ?? "")
      return call
    }

    /// Deletes all Pods and expects that nothing is left. A link that was in a Pod comes back down and without its addresses.
    func close(linksWereMoved: Bool = false) throws {
      for pod in pods {
        _ = try pod.call.with("DEL").run(on: lab.node).result()
        try expectNoChange(pod.before, pod.container)
      }
      #expect(lab.left == [])
      // Bridges outlive their Pods.
      let bridges = try #require(lab.node.json(.ip, "-d", "link", "show", "type", "bridge").array)
      for bridge in bridges { try lab.node.run("ip", "link", "delete", try #require(bridge["ifname"]?.string)) }
      if !linksWereMoved { try expectNoChange(nodeBefore, lab.node) }
    }
  }

  /// Each interface of the Pod except `lo`, with its global addresses: `eth0 10.1.0.2/24`.
  private func interfaces(_ pod: ScratchNamespace) throws -> [String] {
    try #require(pod.json(.ip, "address", "show").array).filter { $0["ifname"] != "lo" }.map { link in
      let addresses = (link["addr_info"]?.array ?? []).filter { $0["scope"] == "global" }.compactMap { address in
        address["local"]?.string.flatMap { local in address["prefixlen"]?.int.map { "\(local)/\($0)" } }
      }
      return ([link["ifname"]?.string ?? ""] + addresses).joined(separator: " ")
    }.sorted()
  }

  private func defaultRoutes(_ pod: ScratchNamespace, _ family: String = "-4") throws -> [String] {
    try (pod.json(.ip, family, "route", "show", "default").array ?? []).map {
      "\($0["gateway"]?.string ?? "") \($0["dev"]?.string ?? "")"
    }
  }

  private func addresses(_ result: JSON) -> [String] { (result["ips"]?.array ?? []).compactMap { $0["address"]?.string } }

  private func expectPing(_ pod: ScratchNamespace, _ address: String, _ works: Bool = true) throws {
    let output = try Command("ping", "-c1", "-W\(works ? 3 : 1)", address).run(in: pod)
    #expect(output.succeeded == works, "\(output)")
  }

  static let files = ((try? FileManager.default.subpathsOfDirectory(atPath: Products.repository + "/examples")) ?? [])
    .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".conflist") }.sorted()

  @Test func thereAreEnough() throws {
    #expect(Self.files.count >= 9)
    let readme = try String(contentsOfFile: Products.repository + "/examples/README.md", encoding: .utf8)
    for file in Self.files { #expect(readme.contains("](\(file.prefix { $0 != "/" }))"), "\(file)") }
  }

  @Test(arguments: files) func hasNoFindings(_ file: String) throws {
    let output = try Command(Products.braidctl, "validate", "--fail-on", "warning", Products.repository + "/examples/" + file)
      .run()
    #expect(output.succeeded && output.stdout == "no findings\n", "\(output)")
  }

  /// The answer of `explain` about a Pod: the rule that matches, and the interfaces with their networks.
  @Test(arguments: [
    ("three-networks.yaml", "db/postgres-0", "databases", ["eth0 pods", "net1 storage", "net2 fabric"]),
    ("storage-network.yaml", "db-main/postgres-0", "databases", ["eth0 pods", "storage storage"]),
    ("telco.yaml", "telco/media-gateway-0", "gateways", ["eth0 pods", "sig0 signalling", "media0 media"]),
    ("dual-stack.yaml", "web/shop", "everyone", ["eth0 pods"]),
    ("tenant-isolation.yaml", "blue-test/shop", "blue", ["eth0 uplink", "tenant0 blue"]),
    ("requested-networks.yaml", "media-eu/cutter", "everyone", ["eth0 pods", "lan0 lan", "net2 cameras"]),
    ("external-delegate.yaml", "web/router", "router", ["eth0 pods", "card0 card"]),
    ("podman.yaml", "/db-1", "databases", ["eth0 back"]),
    ("migration/policy.yaml", "web/shop", "everyone", ["eth0 cluster"]),
  ])
  func explained(_ file: String, _ pod: String, _ rule: String, _ interfaces: [String]) throws {
    let parts = pod.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var arguments = [Products.braidctl, "explain", Products.repository + "/examples/" + file, "--name", parts[1]]
    if !parts[0].isEmpty { arguments += ["--namespace", parts[0]] }
    if file.hasPrefix("requested") { arguments += ["--annotation", "k8s.v1.cni.cncf.io/networks=lan@lan0, cameras"] }
    let output = try Command(arguments).run()
    #expect(output.succeeded && output.stdout.contains("\n  YES  \(rule)  ("), "\(output)")
    let found = output.stdout.matches(of: /(?m)^ {2}(\S+) +network (\S+):/).map { "\($0.1) \($0.2)" }
    #expect(found == interfaces, "\(output)")
  }

  @Test func storageNetwork() throws {
    let node = try Node("storage-network.yaml", routers: ["lan1": "192.168.40.200/24"])
    let (db, result) = try node.pod("db-main", "postgres-0")
    #expect(try interfaces(db) == ["eth0 10.244.7.2/24", "storage 192.168.40.64/24"])
    #expect(addresses(result) == ["10.244.7.2/24"])
    #expect(try defaultRoutes(db) == ["10.244.7.1 eth0"])
    #expect(try db.json(.ip, "link", "show", "storage")[0, "mtu"] == 9000)
    try expectPing(db, "192.168.40.200")
    let (other, _) = try node.pod("db-main", "report", annotations: ["example.com/no-storage": "yes"])
    #expect(try interfaces(other) == ["eth0 10.244.7.3/24"])
    let (web, _) = try node.pod("web", "shop")
    #expect(try interfaces(web) == ["eth0 10.244.7.4/24"])
    try node.close()
  }

  @Test func telco() throws {
    let node = try Node("telco.yaml", routers: ["lan1": "172.20.1.1/24", "lan2": "172.20.2.1/24"])
    let (pod, _) = try node.pod("telco", "media-gateway-0")
    #expect(try interfaces(pod) == ["eth0 10.244.7.2/24", "media0 172.20.2.100/24", "sig0 172.20.1.100/24"])
    #expect(try defaultRoutes(pod) == ["10.244.7.1 eth0"])
    // A packet with an interface's address leaves through the router of this interface.
    for (address, gateway, leg) in [("172.20.1.100", "172.20.1.1", "sig0"), ("172.20.2.100", "172.20.2.1", "media0")] {
      let route = try pod.json(.ip, "route", "get", "203.0.113.9", "from", address)
      #expect(route[0, "gateway"]?.string == gateway && route[0, "dev"]?.string == leg, "\(route.text())")
      #expect(try pod.run("cat", "/proc/sys/net/ipv4/conf/\(leg)/arp_ignore") == "1\n")
      try expectPing(pod, gateway)
    }
    try node.close()
  }

  @Test func dualStack() throws {
    let node = try Node("dual-stack.yaml")
    let (one, result) = try node.pod("web", "one")
    let (two, _) = try node.pod("web", "two")
    #expect(addresses(result) == ["10.244.7.2/24", "fd00:244:7::2/64"])
    #expect(try defaultRoutes(one) == ["10.244.7.1 eth0"])
    let six = try defaultRoutes(one, "-6")
    #expect(six == ["fd00:244:7::1 eth0"])
    for target in ["10.244.7.3", "fd00:244:7::3", "10.244.7.1", "fd00:244:7::1"] { try expectPing(one, target) }
    try expectPing(two, "fd00:244:7::2")
    try node.close()
  }

  @Test func tenantIsolation() throws {
    let node = try Node("tenant-isolation.yaml")
    let (red, _) = try node.pod("red", "one")
    _ = try node.pod("red-test", "two")
    let (blue, _) = try node.pod("blue", "three")
    #expect(try interfaces(red) == ["eth0 10.244.7.2/24", "tenant0 10.10.0.2/24"])
    #expect(try interfaces(blue) == ["eth0 10.244.7.4/24", "tenant0 10.20.0.2/24"])
    try expectPing(red, "10.10.0.3")
    try expectPing(red, "10.244.7.1")
    for target in ["10.244.7.3", "10.244.7.4", "10.20.0.2"] { try expectPing(red, target, false) }
    for target in ["10.10.0.2", "10.244.7.2"] { try expectPing(blue, target, false) }
    #expect(try node.refusal("web", "four").contains("no rule"))
    try node.close()
  }

  @Test func requestedNetworks() throws {
    let node = try Node("requested-networks.yaml", routers: ["lan1": "192.168.40.1/24"])
    let key = "k8s.v1.cni.cncf.io/networks"
    let (both, _) = try node.pod("media-eu", "one", annotations: [key: "lan@lan0, cameras"])
    #expect(try interfaces(both) == ["eth0 10.244.7.2/24", "lan0 192.168.40.64/24", "net2 10.30.0.2/24"])
    try expectPing(both, "192.168.40.1")
    let wish = #"[{"name": "lan", "ips": ["192.168.40.77"], "mac": "02:00:00:00:00:77"}]"#
    let (fixed, _) = try node.pod("media-eu", "two", annotations: [key: .string(wish)])
    #expect(try interfaces(fixed) == ["eth0 10.244.7.3/24", "net1 192.168.40.77/24"])
    #expect(try fixed.json(.ip, "link", "show", "net1")[0, "address"] == "02:00:00:00:00:77")
    try expectPing(fixed, "192.168.40.64")
    #expect(try interfaces(node.pod("lab", "three").0) == ["eth0 10.244.7.4/24"])
    #expect(try node.refusal("lab", "four", annotations: [key: "lan"]).contains(#"may not ask for the network "lan""#))
    try node.close()
  }

  @Test(.needs(program: "/usr/lib/cni/host-device")) func externalDelegate() throws {
    let node = try Node("external-delegate.yaml", routers: ["lan1": "10.60.0.1/24"])
    let (pod, _) = try node.pod("web", "router")
    #expect(try interfaces(pod) == ["card0 10.60.0.2/24", "eth0 10.244.7.2/24"])
    #expect(try defaultRoutes(pod) == ["10.244.7.1 eth0"])
    #expect(try pod.run("cat", "/proc/sys/net/ipv4/conf/card0/rp_filter") == "1\n")
    #expect(try pod.json(.ip, "link", "show", "card0")[0, "mtu"] == 1400)
    try expectPing(pod, "10.60.0.1")
    #expect(try interfaces(node.pod("web", "one").0) == ["eth0 10.244.7.3/24"])
    try node.close(linksWereMoved: true)
    #expect(try node.lab.node.json(.ip, "link", "show", "eth1")[0, "mtu"] == 9000)
  }

  @Test(.needs(program: "/usr/lib/cni/portmap")) func podman() throws {
    let node = try Node("podman.yaml")
    let (web, _) = try node.pod(nil, "web-1")
    let (db, _) = try node.pod(nil, "db-1")
    let (other, _) = try node.pod(nil, "tool")
    #expect(try interfaces(web) == ["eth0 10.88.0.2/24", "net1 10.89.0.2/24"])
    #expect(try interfaces(db) == ["eth0 10.89.0.3/24"])
    #expect(try interfaces(other) == ["eth0 10.88.0.3/24"])
    try expectPing(web, "10.89.0.3")
    try expectPing(other, "10.88.0.2")
    try expectPing(other, "10.89.0.3", false)
    try node.close()
  }

  @Test(.needs(program: "/usr/lib/cni/portmap")) func migration() throws {
    let directory = Products.repository + "/examples/migration"
    let imported = try Command("sh", "-c", "cd \"$0\" && exec \"$1\" import 10-bridge.conflist", directory, Products.braidctl)
      .require()
    #expect(try imported == String(contentsOfFile: directory + "/policy.yaml", encoding: .utf8))
    let node = try Node("migration/policy.yaml")
    let (one, _) = try node.pod("web", "one")
    #expect(try interfaces(one) == ["eth0 10.244.7.2/24"])
    #expect(try defaultRoutes(one) == ["10.244.7.1 eth0"])
    #expect(node.lab.reservations("cluster") == ["10.244.7.2"])
    try expectPing(one, "10.244.7.1")
    try node.close()
  }

  /// Braid takes over while a Pod of the reference plugins is up, as described in docs/moving-from-multus.md.
  @Test(.needs(program: "/usr/lib/cni/bridge"), .needs(program: "/usr/lib/cni/portmap")) func migrationUnderARunningPod() throws {
    let node = try Node("migration/policy.yaml")
    let list = try JSON(
      parsing: String(contentsOfFile: Products.repository + "/examples/migration/10-bridge.conflist", encoding: .utf8))
    var plugin = try #require(list["plugins", 0]?.object)
    (plugin["name"], plugin["cniVersion"]) = (list["name"], list["cniVersion"])
    var ipam = try #require(plugin["ipam"]?.object)
    ipam["dataDir"] = .string(node.lab.directory["ipam"])
    plugin["ipam"] = .object(ipam)
    let old = try ScratchNamespace()
    let before = PluginCall("/usr/lib/cni/bridge", containerID: "c-old", netns: old, configuration: .object(plugin))
    _ = try before.run(on: node.lab.node).result()
    #expect(try interfaces(old) == ["eth0 10.244.7.2/24"])
    let (new, _) = try node.pod("web", "new")
    #expect(try interfaces(new) == ["eth0 10.244.7.3/24"])
    try expectPing(new, "10.244.7.2")
    try expectPing(old, "10.244.7.3")
    // The runtime deletes with its present configuration, so it calls Braid, which has no record of this Pod.
    _ = try node.lab.call("c-old", old, namespace: "web").with("DEL").run(on: node.lab.node).result()
    #expect(node.lab.reservations("cluster") == ["10.244.7.3"])
    old.remove()
    try node.close()
  }

  @Test func threeNetworks() throws {
    let node = try Node("three-networks.yaml", routers: ["lan1": "192.168.40.1/24"])
    let (db, _) = try node.pod("db", "postgres-0")
    #expect(
      try interfaces(db) == ["eth0 10.244.7.2/24", "net1 192.168.40.64/24", "net2 10.7.0.2/24 fd00:7::2/64"])
    try expectPing(db, "192.168.40.1")
    try expectPing(db, "fd00:7::1")
    try node.close()
  }
}
