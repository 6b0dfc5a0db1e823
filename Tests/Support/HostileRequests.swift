import JSON

/// Pods that ask for what they must not get: addresses of the node and of others, wide prefixes, `cni-args` in every spelling, odd
/// names. Some of their wishes are harmless.
package struct HostileRequests {
  private var random: SeededGenerator
  private let networks: [String]

  /// One Pod: the inputs of an ADD.
  package struct Pod: Sendable {
    package let args: String
    package let annotations: [String: String]
    /// The networks that it asks for, with what they cannot do without: the same Pod without its other wishes.
    package let plain: [String: String]
  }

  /// `networks` are those of `policy`.
  package init(seed: UInt64) {
    random = SeededGenerator(seed)
    networks = ["fixed", "force", "point", "route", "wire", "lan"]
  }

  /// The networks below `networks`, one of each kind of address source and gateway. Reservations are in `DIR/ipam`.
  package static let policy = """
    pods: {chain: [{type: bridge, bridge: br-pods, isDefaultGateway: true, ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.1.0.0/24}], [{subnet: "fd01::/64"}]]}}]}
      fixed: {chain: [{type: bridge, bridge: br-fixed, isGateway: true, ipam: {type: static, addresses: [{address: 10.3.0.7/24, gateway: 10.3.0.254}, {address: "fd03::7/64"}]}}]}
      force: {chain: [{type: bridge, bridge: br-force, isGateway: true, forceAddress: true, ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.4.0.0/24}, {subnet: 10.5.0.0/24}]]}}]}
      point: {chain: [{type: ptp, ipam: {type: static, addresses: [{address: 10.6.0.7/24, gateway: 10.6.0.1}, {address: "fd06::7/64", gateway: "fd06::1"}]}}]}
      route: {chain: [{type: ptp, ipam: {type: host-local, dataDir: DIR/ipam, ranges: [[{subnet: 10.7.0.0/24}]]}}]}
      wire: {chain: [{type: bridge, bridge: br-wire, ipam: {type: static}}]}
      lan: {chain: [{type: macvlan, master: eth1, ipam: {type: static, addresses: [{address: 192.168.40.77/24}]}}]}
    """

  /// The keys of the entry of `requests`: mostly everything. Only the bounds of the node are left then.
  package mutating func permissions() -> String {
    var keys = ["namespaces: [\"*\"]", "networks: [\(networks.joined(separator: ", "))]"]
    keys.append("ips: \(random.pick(["true", "[0.0.0.0/0, \"::/0\"]", "[0.0.0.0/0, \"::/0\"]", "[10.0.0.0/8, \"fd00::/8\"]"]))")
    if random.chance(90) { keys.append("defaultRoute: true") }
    if random.chance(90) { keys.append("defaultNetwork: true") }
    if random.chance(90) { keys.append("cniArgs: [\"*\"]") }
    return "{\(keys.joined(separator: ", "))}"
  }

  package mutating func pod() -> Pod {
    var args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=p"
    if random.chance(10) { args += ";IP=\(address(of: "pods"))" }
    if random.chance(10) { args += ";GATEWAY=\(plainAddress())" }
    if random.chance(5) { args += ";MAC=02:00:00:00:07:0\(Int.random(in: 0...9, using: &random))" }
    var (annotations, plain): ([String: String], [String: String]) = ([:], [:])
    if random.chance(20) {
      let (whole, bare) = element()
      (annotations[Self.defaultNetwork], plain[Self.defaultNetwork]) = ("[\(whole)]", "[\(bare)]")
    }
    let elements = (0..<random.pick([1, 1, 1, 2])).map { _ in element() }
    annotations[Self.requested] = "[\(elements.map(\.0).joined(separator: ","))]"
    plain[Self.requested] = "[\(elements.map(\.1).joined(separator: ","))]"
    return Pod(args: args, annotations: annotations, plain: plain)
  }

  private static let defaultNetwork = "v1.multus-cni.io/default-network"
  private static let requested = "k8s.v1.cni.cncf.io/networks"

  /// An element with its wishes, and without them.
  private mutating func element() -> (String, String) {
    let name = random.pick(networks)
    // The network has no address of its own.
    let need = name == "wire" ? #","ips":["10.8.0.9/24"]"# : ""
    var keys = ["\"name\":\"\(name)\""]
    if random.chance(75) || name == "wire" {
      let ips = (0..<random.pick([1, 1, 1, 1, 2, 3])).map { _ in "\"\(address(of: name))\"" }
      keys.append("\"ips\":[\(ips.joined(separator: ","))]")
    }
    if random.chance(20) { keys.append("\"mac\":\"02:00:00:00:08:0\(Int.random(in: 0...9, using: &random))\"") }
    if random.chance(10) { keys.append("\"default-route\":[\(random.chance(30) ? "" : "\"\(plainAddress())\"")]") }
    if random.chance(15) { keys.append("\"cni-args\":{\(argument(name))}") }
    if random.chance(15) { keys.append("\"interface\":\"\(random.pick(Self.names))\"") }
    return ("{\(keys.joined(separator: ","))}", "{\"name\":\"\(name)\"\(need)}")
  }

  private mutating func argument(_ network: String) -> String {
    let name = random.pick(["ips", "IPS", "Ips", "ip\u{17f}", "mac", "sysctl", "debug", "gateway", "promisc"])
    return "\"\(name)\":\(name.hasPrefix("m") ? "\"02:00:00:00:09:01\"" : "[\"\(address(of: network))\"]")"
  }

  /// Names of links of the node, patterns of the kernel, and bytes that look like others.
  private static let names = [
    "data0", "eth1", "br-fixed", "br-pods", "vethdeadbeef", "net%d", "%s", "lo", "e\u{301}", "\u{e9}", "x\u{1}y", "a\u{200d}b",
  ]

  private mutating func plainAddress() -> String {
    if random.chance(60) {
      let subnet = random.pick(["10.1.0", "10.3.0", "10.3.0", "10.4.0", "10.5.0", "10.6.0", "10.7.0", "10.8.0", "192.168.40"])
      return "\(subnet).\(random.pick([0, 1, 2, 5, 9, 77, 200, 254, 255]))"
    }
    if random.chance(50) {
      return random.pick(["fd01::", "fd03::", "fd03::", "fd06::"]) + random.pick(["", "1", "5", "9", "ffff"])
    }
    return random.pick([
      "203.0.113.10", "128.0.0.5", "0.0.0.0", "127.0.0.1", "224.0.0.9", "172.30.0.1", "172.30.7.7", "192.168.40.5", "8.8.8.8",
      "2001:db8:ffff::10", "2001:db8:40::5", "::", "::1", "fe80::5", "ff02::1", "::ffff:10.3.0.1",
    ])
  }

  /// The subnets of each network, without their last number.
  private static let subnets = [
    "pods": ["10.1.0.", "fd01::"], "fixed": ["10.3.0.", "fd03::"], "force": ["10.4.0.", "10.5.0."],
    "point": ["10.6.0.", "fd06::"],
    "route": ["10.7.0."], "wire": ["10.8.0."], "lan": ["192.168.40."],
  ]

  /// A harmless address of the network, or any.
  private mutating func address(of network: String) -> String {
    guard random.chance(75), let subnets = Self.subnets[network] else { return address() }
    let subnet = random.pick(subnets)
    return "\(subnet)\(random.pick([5, 9, 77]))/\(subnet.contains(":") ? 64 : 24)"
  }

  private mutating func address() -> String {
    let plain = plainAddress()
    guard random.chance(85) else { return plain }
    let usual = plain.contains(":") ? 64 : 24
    let length =
      random.chance(65)
      ? usual : plain.contains(":") ? Int.random(in: 0...128, using: &random) : random.pick([0, 1, 8, 16, 23, 25, 28, 31, 32])
    return "\(plain)/\(length)"
  }
}
