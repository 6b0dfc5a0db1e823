import JSON

/// Policies and Pods at random: most of their parts are right, some are wrong.
///
/// A policy stands on a link `eth1` of the node. Its reservations are in `DIR/ipam`, which the caller replaces.
package struct RandomPods {
  private var random: SeededGenerator
  /// Whether chains may have plugins that are not built in: `tuning` and `portmap`.
  private let hasExternals: Bool
  private var networks: [String] = []

  /// One Pod: the inputs of an ADD.
  package struct Pod: Sendable {
    package let args: String
    package let annotations: [String: String]
  }

  package init(seed: UInt64, externals: Bool) { (random, hasExternals) = (SeededGenerator(seed), externals) }

  /// The keys of a policy below `apiVersion` and `kind`.
  package mutating func policy() -> String {
    networks = ["a", "b", "c"]
    var text = "networks:\n"
    for (i, name) in networks.enumerated() { text += "  \(name): {chain: [\(chain(i))]\(version())}\n" }
    text += "rules:\n  - name: some\n    match: {namespaces: [db]}\n    attach: [\(attachments())]\n"
    text += "  - name: everyone\n    attach: [\(attachments())]\n"
    return text + "requests: [{namespaces: [\"*\"], networks: [a, b, c]\(permissions())}]\n"
  }

  /// Mostly everything: most requests must reach the plugins.
  private mutating func permissions() -> String {
    guard random.chance(80) else {
      return random.chance(50) ? "" : ", ips: false, mac: false, defaultRoute: ipv4, maxNetworks: 1"
    }
    let ips = random.chance(60) ? "true" : "[0.0.0.0/0, \"::/0\"]"
    return ", ips: \(ips), defaultRoute: true, defaultNetwork: true, cniArgs: [\"*\"]"
  }

  private mutating func version() -> String {
    random.chance(8) ? ", cniVersion: \(random.pick(["0.2.0", "0.4.0", "1.1.0"]))" : ""
  }

  // MARK: - Networks

  private mutating func chain(_ number: Int) -> String {
    var keys: [String]
    switch random.pick(["bridge", "bridge", "macvlan", "ptp"]) {
    case "bridge":
      keys = ["type: bridge", "bridge: br-\(number)"]
      if random.chance(40) { keys.append("isGateway: true") }
      if random.chance(40) { keys.append("isDefaultGateway: true") }
      if random.chance(10) { keys.append("hairpinMode: true") }
      if random.chance(5) { keys.append("promiscMode: true") }
    case "macvlan":
      keys = ["type: macvlan", "master: eth1", "mode: \(random.pick(["bridge", "private"]))"]
      // On a kernel, two interfaces of one master cannot have the same address, and other Pods may have it.
      if hasExternals, random.chance(10) { keys.append("mac: \(mac())") }
    default: keys = ["type: ptp"]
    }
    if random.chance(15) { keys.append("mtu: \(random.pick([1400, 1000]))") }
    if random.chance(8) { keys.append("args: {cni: {\(random.pick(["mac: \(mac())", "ips: [\(address(number))]"]))}}") }
    if random.chance(90) { keys.append("ipam: \(ipam(number))") }
    let more = hasExternals && random.chance(20) ? ", \(chained())" : ""
    return "{\(keys.joined(separator: ", "))}\(more)"
  }

  /// A plugin that works on the interface, seldom with a mistake.
  private mutating func chained() -> String {
    switch random.pick(["tuning", "vrf", "portmap"]) {
    case "tuning":
      var keys = ["type: tuning"]
      if random.chance(30) { keys.append("mac: \(mac())") }
      if random.chance(30) { keys.append("mtu: \(random.pick([1400, 0, 1]))") }
      if random.chance(30) { keys.append("sysctl: {\(random.pick(["net.core.somaxconn", "kernel.panic"])): \"1\"}") }
      return "{\(keys.joined(separator: ", "))}"
    case let type: return "{type: \(type)}"
    }
  }

  private mutating func ipam(_ number: Int) -> String {
    var keys: [String]
    if random.chance(65) {
      keys = ["type: host-local", "dataDir: DIR/ipam"]
      var sets = ["[\(range(.ipv4, number))]"]
      if random.chance(25) { sets.append("[\(range(.ipv6, number))]") }
      if random.chance(6) { sets.append("[\(range(.ipv4, number + 7))]") }
      if random.chance(6) { sets = ["[\(range(.ipv4, number)), \(range(.ipv4, number + 5))]"] }
      keys.append("ranges: [\(sets.joined(separator: ", "))]")
    } else {
      keys = ["type: static"]
      let count = random.pick([0, 1, 1, 1, 2])
      let entries = (0..<count).map { _ in staticAddress(number) }
      if count > 0 || random.chance(50) { keys.append("addresses: [\(entries.joined(separator: ", "))]") }
    }
    if random.chance(35) {
      let routes = (0..<random.pick([1, 1, 2])).map { _ in route(number) }
      keys.append("routes: [\(routes.joined(separator: ", "))]")
    }
    return "{\(keys.joined(separator: ", "))}"
  }

  private enum Family { case ipv4, ipv6 }

  private mutating func range(_ family: Family, _ number: Int) -> String {
    var subnet = family == .ipv4 ? "10.\(number).0.0/24" : "\"fd00:\(number)::/64\""
    if random.chance(2) { subnet = random.pick(["224.1.\(number).0/24", "127.5.\(number).0/24", "10.\(number).0.0/31"]) }
    var keys = ["subnet: \(subnet)"]
    if random.chance(15) { keys.append("gateway: \(address(number))") }
    if random.chance(8), family == .ipv4 { keys.append("rangeStart: 10.\(number).0.10") }
    return "{\(keys.joined(separator: ", "))}"
  }

  private mutating func staticAddress(_ number: Int) -> String {
    var keys = ["address: \(prefixed(number))"]
    if random.chance(60) { keys.append("gateway: \(random.chance(70) ? "10.\(number).0.1" : address(number))") }
    return "{\(keys.joined(separator: ", "))}"
  }

  private mutating func route(_ number: Int) -> String {
    var keys = ["dst: \(random.pick(["0.0.0.0/0", "0.0.0.0/0", "10.55.0.0/16", "169.254.1.1/32", "\"::/0\"", "\"fd05::/64\""]))"]
    if random.chance(40) { keys.append("gw: \(random.chance(15) ? "169.254.1.1" : address(number))") }
    if random.chance(10) { keys.append("scope: 253") }
    return "{\(keys.joined(separator: ", "))}"
  }

  /// An address without a prefix length.
  private mutating func address(_ number: Int) -> String {
    if random.chance(70) { return "10.\(number).0.\(random.pick([1, 5, 9, 77, 200]))" }
    if random.chance(40) { return "\"fd00:\(number)::\(random.pick([1, 5, 9]))\"" }
    return random.pick([
      "10.\(number).0.255", "10.99.0.9", "224.0.0.5", "127.0.0.1", "0.0.0.0", "\"::1\"", "\"ff02::1\"", "\"::\"", "\"fe80::9\"",
    ])
  }

  private mutating func prefixed(_ number: Int) -> String {
    let plain = address(number)
    let length = plain.contains(":") ? random.pick(["64", "64", "128"]) : random.pick(["24", "24", "24", "32"])
    return plain.hasPrefix("\"") ? "\(plain.dropLast())/\(length)\"" : "\(plain)/\(length)"
  }

  private mutating func mac() -> String {
    random.chance(60)
      ? "\"02:00:00:00:00:\(Int.random(in: 10...99, using: &random))\""
      : random.pick(["\"03:00:00:00:00:01\"", "\"00:00:00:00:00:00\"", "\"ff:ff:ff:ff:ff:ff\""])
  }

  // MARK: - Attachments

  private mutating func attachments() -> String {
    (0..<random.pick([1, 1, 2])).map { attachment($0) }.joined(separator: ", ")
  }

  private mutating func attachment(_ place: Int) -> String {
    let number = Int.random(in: 0..<networks.count, using: &random)
    var keys = ["network: \(networks[number])"]
    if random.chance(12) { keys.append("ips: [\(random.chance(50) ? address(number) : prefixed(number))]") }
    if random.chance(3) { keys.append("ips: [10.\(number).0.5, 10.\(number).0.6]") }
    if random.chance(6), !keys.contains(where: { $0.hasPrefix("mac") }) { keys.append("mac: \"02:00:00:00:01:0\(place)\"") }
    if random.chance(8) { keys.append("mtu: \(random.pick([1300, 1000]))") }
    if random.chance(8) {
      keys.append("args: {\(random.pick(["ips: [\(prefixed(number))]", "mac: \(mac())", "ips: [nonsense]"]))}")
    }
    if place == 0, random.chance(15) { keys.append("defaultRoute: \(random.pick(["true", "ipv4", "false"]))") }
    var seen: Set<String> = []
    return "{\(keys.filter { seen.insert(String($0.prefix(4))).inserted }.joined(separator: ", "))}"
  }

  // MARK: - Pods

  package mutating func pod() -> Pod {
    var args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=\(random.pick(["db", "web"]));K8S_POD_NAME=p"
    if random.chance(8) { args += ";IP=\(random.pick(["10.0.0.9", "10.1.0.9/24", "10.2.0.5", "300.1.1.1", "10.0.0.1"]))" }
    if random.chance(6) { args += ";MAC=\(bare(mac()))" }
    if random.chance(4) { args += ";GATEWAY=\(random.pick(["10.0.0.1", "10.1.0.1", "x"]))" }
    var annotations: [String: String] = [:]
    if random.chance(50) {
      let requests = (0..<random.pick([1, 1, 2])).map { _ in request() }
      annotations["k8s.v1.cni.cncf.io/networks"] = "[\(requests.joined(separator: ", "))]"
    }
    if random.chance(10) { annotations["v1.multus-cni.io/default-network"] = "[\(request())]" }
    return Pod(args: args, annotations: annotations)
  }

  private mutating func request() -> String {
    let number = Int.random(in: 0..<networks.count, using: &random)
    var keys = ["\"name\": \"\(networks[number])\""]
    if random.chance(40) {
      let first = bare(random.chance(50) ? address(number) : prefixed(number))
      let more = random.chance(15) ? ", \"\(bare(address(number)))\"" : ""
      keys.append("\"ips\": [\"\(first)\"\(more)]")
    }
    if random.chance(12) { keys.append("\"mac\": \(mac())") }
    if random.chance(20) { keys.append("\"default-route\": [\"\(bare(address(number)))\"]") }
    if random.chance(8) {
      keys.append("\"cni-args\": {\(random.pick(["\"ips\": [\"nonsense\"]", "\"mac\": \(mac())", "\"x\": 1"]))}")
    }
    if random.chance(5) { keys.append("\"interface\": \"\(random.pick(["eth0", "net1", "x"]))\"") }
    return "{\(keys.joined(separator: ", "))}"
  }

  private func bare(_ text: String) -> String { String(text.filter { $0 != "\"" }) }
}
