import NetworkTypes

/// The keys that many plugins share (CNI specification, section 1, and the CNI conventions).
package enum CommonKeys {
  /// Adds the keys that every plugin of a chain has. The plugin's own key wins over a common key of the same name.
  static func with(_ own: [Key]) -> [Key] { own + all.filter { key in !own.contains { $0.name == key.name } } }

  /// For plugins that take their addresses from an IPAM plugin.
  package static let interface = [ipam.key, dns.key, arguments.key]

  package static let all = [
    Key(
      name: "type", type: .any,
      doc: "The plugin: a built-in one (\(builtIn(Plugin.chain))), or the name of an executable on CNI_PATH."),
    Key(name: "name", type: .any, doc: "Not read. Braid writes the network's name here."),
    Key(name: "cniVersion", type: .any, doc: "Not read. Braid writes the network's version here."),
    Key(
      name: "cniVersions", type: .list(.text(.value), atLeast: 0), doc: "Belongs to a configuration list. No plugin needs it.",
      example: "[1.0.0]"),
    Key(
      name: "ipam", type: .any,
      doc: "The IPAM plugin that gives the addresses, with its keys. This plugin does not read it."),
    Key(
      name: "dns", type: .any, doc: "The name resolution that the result reports to the runtime. This plugin does not read it."),
    Key(
      name: "args", type: .any,
      doc: "Arguments for plugins (CNI conventions). Braid merges an attachment's `args` into `args.cni`."
    ),
    Key(
      name: "capabilities", type: .map(keys: .value, .boolean),
      doc:
        "Which parts of `runtimeConfig` the plugin gets. The reference plugins need no declaration. `false` withholds a part "
        + "from the plugin.", example: "{mac: true}", isPassedOver: true),
    Key(name: "runtimeConfig", type: .any, doc: "Braid writes it for every call. A policy cannot set it."),
    Key(name: "prevResult", type: .any, doc: "Braid writes it for every call. A policy cannot set it."),
    Key(name: "cni.dev/valid-attachments", type: .any, doc: "The runtime writes it for GC."),
    Key(name: "cni.dev/attachments", type: .any, doc: "The runtime writes it for GC."),
  ]

  /// The names of the built-in ones among the plugins, in Markdown.
  package static func builtIn(_ plugins: [Plugin], separator: String = ", ") -> String {
    plugins.filter(\.isBuiltIn).map { "`\($0.type)`" }.joined(separator: separator)
  }

  static let ipam = TypedKey<IPAMReference>(
    "ipam", IPAMReference.codec,
    doc:
      "The IPAM plugin that gives the addresses: its `type` and its keys. Without it, or if it is empty, the interface gets none. "
      + "Keys without a `type` are an error.",
    example: "{type: host-local, ranges: [[{subnet: 10.1.0.0/16}]]}")

  static let dns = TypedKey<DNSConfiguration>(
    "dns", .object, doc: "The name resolution that the result reports to the runtime.",
    example: "{nameservers: [10.1.0.10], search: [cluster.local]}")

  static let arguments = TypedKey<ConventionalArguments>(
    "args", .object,
    doc: "Arguments for plugins (CNI conventions). Braid merges an attachment's `args` into `args.cni`.",
    example: "{cni: {mac: \"02:00:00:00:00:01\"}}")

  static let routes = TypedKey<[RouteConfiguration]>(
    "routes", .list(of: .object), doc: "Routes of the Pod through this interface.", example: "[{dst: 0.0.0.0/0}]")

  static let mtu = TypedKey<MTU>(
    "mtu", .mtu, doc: "The interface's MTU in bytes; 0 leaves it to the kernel.", example: "1500")

  /// For an interface on top of another one.
  static let mtuOnMaster = TypedKey<MTU>(
    "mtu", .mtu, doc: "The interface's MTU in bytes, at most the master's; 0 takes the master's.", example: "1500")

  static let linkInContainer = TypedKey<Bool>(
    "linkInContainer", .flag, doc: "Whether `master` is an interface of the Pod instead of the node. Default: false.",
    example: "true")

  static let mac = TypedKey<MACAddress>(
    "mac", .mac, doc: "The interface's hardware address; `mac` of an attachment wins.", example: "\"02:00:00:00:00:01\"")

  /// For every IPAM plugin.
  static let ipamType = Key(name: "type", type: .any, doc: "The IPAM plugin's name.", example: "host-local")

  /// For every IPAM plugin.
  static let ipamName = Key(name: "name", type: .any, doc: "Not read. Some tools write it.")
}
