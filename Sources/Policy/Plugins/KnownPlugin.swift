import JSON

/// What is known of the reference plugins (release 1.9) and of some others without asking them.
struct KnownPlugin: Sendable {
  /// What a plugin does in a chain.
  enum Role: Sendable {
    /// Makes the interface: first in its chain, and once.
    case interface
    /// Works on the interface that one before it made.
    case chained
    /// Gives addresses: under `ipam`, never in the chain itself.
    case ipam
  }

  let type: String
  let role: Role
  let capabilities: [String]
  /// The keys of its own; nil where they are not known.
  let keys: [String]?

  init(_ type: String, _ role: Role, capabilities: [String] = [], keys: [String]? = nil) {
    (self.type, self.role, self.capabilities, self.keys) = (type, role, capabilities, keys)
  }

  func accepts(_ capability: String) -> Bool { capabilities.contains { equalFolded($0, capability) } }

  static func named(_ type: String) -> KnownPlugin? { type == braid.type ? braid : all.first { $0.type == type } }

  /// Braid itself: in a runtime's list, never in a policy.
  static let braid = KnownPlugin("braid", .interface, keys: ["policy", "stateDir", "timeLimit"])

  /// The keys that every plugin may have (CNI specification, section 1, and the conventions).
  static let commonKeys = [
    "cniVersion", "name", "type", "args", "ipam", "dns", "capabilities", "runtimeConfig", "prevResult",
    "cni.dev/valid-attachments", "cni.dev/attachments",
  ]

  static let all: [KnownPlugin] = interfaces + chained + ipams

  private static let interfaces = [
    KnownPlugin(
      "bridge", .interface, capabilities: ["mac"],
      keys: [
        "bridge", "isGateway", "isDefaultGateway", "forceAddress", "ipMasq", "ipMasqBackend", "mtu", "hairpinMode", "promiscMode",
        "vlan",
        "vlanTrunk", "preserveDefaultVlan", "macspoofchk", "enabledad", "disableContainerInterface", "portIsolation", "mac",
      ]),
    KnownPlugin(
      "macvlan", .interface, capabilities: ["mac"], keys: ["master", "mode", "mtu", "mac", "linkInContainer", "bcqueuelen"]),
    KnownPlugin("ipvlan", .interface, keys: ["master", "mode", "mtu", "linkInContainer"]),
    KnownPlugin("ptp", .interface, keys: ["ipMasq", "ipMasqBackend", "mtu"]),
    KnownPlugin("vlan", .interface, keys: ["master", "vlanId", "mtu", "linkInContainer"]),
    KnownPlugin(
      "host-device", .interface, capabilities: ["deviceID"], keys: ["device", "hwaddr", "kernelpath", "pciBusID"]),
    KnownPlugin(
      "tap", .interface, capabilities: ["mac"], keys: ["multiQueue", "mtu", "mac", "owner", "group", "selinuxContext", "bridge"]),
    KnownPlugin("dummy", .interface, keys: []),
    KnownPlugin("loopback", .interface, keys: []),
    KnownPlugin("sriov", .interface, capabilities: ["mac", "deviceID", "ips"]),
    KnownPlugin("ib-sriov", .interface, capabilities: ["infinibandGUID", "deviceID"]),
  ]

  private static let chained = [
    KnownPlugin(
      "portmap", .chained, capabilities: ["portMappings"],
      keys: ["backend", "snat", "masqAll", "markMasqBit", "externalSetMarkChain", "conditionsV4", "conditionsV6"]),
    KnownPlugin(
      "bandwidth", .chained, capabilities: ["bandwidth"],
      keys: ["ingressRate", "ingressBurst", "egressRate", "egressBurst", "unshapedSubnets", "shapedSubnets"]),
    KnownPlugin(
      "tuning", .chained, capabilities: ["mac"], keys: ["sysctl", "mac", "promisc", "mtu", "allmulti", "txQLen", "dataDir"]),
    KnownPlugin(
      "firewall", .chained, keys: ["backend", "iptablesAdminChainName", "firewalldZone", "ingressPolicy"]),
    KnownPlugin("sbr", .chained, keys: ["table", "gateways", "addSourceHints"]),
    KnownPlugin("vrf", .chained, keys: ["vrfname", "table"]),
  ]

  private static let ipams = [
    KnownPlugin(
      "host-local", .ipam, capabilities: ["ips", "ipRanges"],
      keys: ["type", "ranges", "subnet", "rangeStart", "rangeEnd", "gateway", "routes", "dataDir", "resolvConf", "name"]),
    KnownPlugin("static", .ipam, capabilities: ["ips"], keys: ["type", "addresses", "routes", "dns", "name"]),
    KnownPlugin(
      "dhcp", .ipam,
      keys: ["type", "daemonSocketPath", "request", "provide", "priority", "name"]),
  ]
}
