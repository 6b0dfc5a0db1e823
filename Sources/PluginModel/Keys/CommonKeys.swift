import NetworkTypes

/// The keys that plugins have in common (CNI specification, section 1, and the CNI conventions).
package enum CommonKeys {
  /// Of every plugin of a chain; what the plugin itself has under one of these names stands instead.
  static func with(_ own: [Key]) -> [Key] { own + all.filter { key in !own.contains { $0.name == key.name } } }

  /// For plugins that take their addresses from an IPAM plugin.
  package static let interface = [ipam.key, dns.key, arguments.key]

  package static let all = [
    Key(
      name: "type", type: .any,
      doc: "The plugin: one that is built in (\(builtIn(Plugin.chain))), or the name of an executable on CNI_PATH."),
    Key(name: "name", type: .any, doc: "Always that of the network: what stands here is not read."),
    Key(name: "cniVersion", type: .any, doc: "Always that of the network: what stands here is not read."),
    Key(
      name: "cniVersions", type: .list(.text(.value), atLeast: 0), doc: "Belongs to a configuration list; no plugin needs it.",
      example: "[1.0.0]"),
    Key(
      name: "ipam", type: .any,
      doc: "Where the addresses come from: the IPAM plugin's `type` and its keys. This plugin reads none."),
    Key(name: "dns", type: .any, doc: "What the runtime is told of name resolution. This plugin does not read it."),
    Key(
      name: "args", type: .any, doc: "Arguments for plugins (CNI conventions). An attachment's `args` are merged into `args.cni`."
    ),
    Key(
      name: "capabilities", type: .map(keys: .value, .boolean),
      doc:
        "Which parts of `runtimeConfig` the plugin gets. For the reference plugins nothing needs to be declared; `false` keeps one "
        + "from a plugin.", example: "{mac: true}", isPassedOver: true),
    Key(name: "runtimeConfig", type: .any, doc: "Made for every call; a policy cannot set it."),
    Key(name: "prevResult", type: .any, doc: "Made for every call; a policy cannot set it."),
    Key(name: "cni.dev/valid-attachments", type: .any, doc: "Made by the runtime for GC."),
    Key(name: "cni.dev/attachments", type: .any, doc: "Made by the runtime for GC."),
  ]

  /// The built-in ones among plugins, for the reference.
  package static func builtIn(_ plugins: [Plugin], separator: String = ", ") -> String {
    plugins.filter(\.isBuiltIn).map { "`\($0.type)`" }.joined(separator: separator)
  }

  static let ipam = TypedKey<IPAMReference>(
    "ipam", .object,
    doc: "Where the addresses come from: the IPAM plugin's `type` and its keys. Without it, or empty, the interface has none.",
    example: "{type: host-local, ranges: [[{subnet: 10.1.0.0/16}]]}")

  static let dns = TypedKey<DNSConfiguration>(
    "dns", .object, doc: "What the runtime is told of name resolution.",
    example: "{nameservers: [10.1.0.10], search: [cluster.local]}")

  static let arguments = TypedKey<ConventionalArguments>(
    "args", .object,
    doc: "Arguments for plugins (CNI conventions). An attachment's `args` are merged into `args.cni`.",
    example: "{cni: {mac: \"02:00:00:00:00:01\"}}")

  static let routes = TypedKey<[RouteConfiguration]>(
    "routes", .list(of: .object), doc: "Routes of the Pod through this interface.", example: "[{dst: 0.0.0.0/0}]")

  static let mtu = TypedKey<MTU>(
    "mtu", .mtu, doc: "The interface's MTU in bytes; 0 leaves it to the kernel.", example: "1500")

  /// Of an interface on another one.
  static let mtuOnMaster = TypedKey<MTU>(
    "mtu", .mtu, doc: "The interface's MTU in bytes, at most the master's; 0 takes that.", example: "1500")

  static let linkInContainer = TypedKey<Bool>(
    "linkInContainer", .flag, doc: "Whether `master` is an interface of the Pod instead of the node's. Default: false.",
    example: "true")

  static let mac = TypedKey<MACAddress>(
    "mac", .mac, doc: "The interface's hardware address; `mac` of an attachment wins.", example: "\"02:00:00:00:00:01\"")

  static let ipMasqBackend = Key(
    name: "ipMasqBackend", type: .text(.oneOf(["iptables", "nftables"])),
    doc: "What the reference plugin masquerades with. Default: what the node has.", example: "nftables")

  /// Of every IPAM plugin.
  static let ipamType = Key(name: "type", type: .any, doc: "The IPAM plugin's name.", example: "host-local")

  /// Of every IPAM plugin.
  static let ipamName = Key(name: "name", type: .any, doc: "Not read; some tools write it.")
}
