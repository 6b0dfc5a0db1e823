/// The keys that plugins have in common (CNI specification, section 1, and the CNI conventions).
enum CommonKeys {
  /// Of every plugin of a chain; what the plugin itself has under one of these names stands instead.
  static func with(_ own: [Key]) -> [Key] { own + all.filter { key in !own.contains { $0.name == key.name } } }

  /// For plugins that take their addresses from an IPAM plugin.
  static let interface = [ipam, dns, args]

  static let all = [
    Key(
      name: "type", type: .any,
      doc: "The plugin: one that is built in (`bridge`, `macvlan`, `loopback`), or the name of an executable on CNI_PATH."),
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

  static let ipam = Key(
    name: "ipam", type: .object(ipamShape),
    doc: "Where the addresses come from: the IPAM plugin's `type` and its keys. Without it, or empty, the interface has none.",
    example: "{type: host-local, ranges: [[{subnet: 10.1.0.0/16}]]}")

  /// The mapping under `ipam`, whichever plugin it is of.
  static let ipamShape = Shape.plugin(
    id: "ipam", name: "an ipam", doc: "The configuration of the IPAM plugin that gives the addresses.",
    keys: [
      Key(
        name: "type", type: .text(.ipamType),
        doc:
          "The IPAM plugin: `host-local` or `static`, which are built in, or the name of an executable on CNI_PATH, such as `dhcp`.",
        example: "host-local")
    ], plugins: KnownPlugin.ipams)

  static let dns = Key(
    name: "dns", type: .object(dnsShape), doc: "What the runtime is told of name resolution.",
    example: "{nameservers: [10.1.0.10], search: [cluster.local]}")

  static let dnsShape = Shape.plugin(
    id: "dns", name: "a dns", doc: "What the runtime is told of name resolution; nothing of it is looked at.",
    keys: [
      Key(name: "nameservers", type: .list(.text(.value), atLeast: 0), doc: "Addresses of name servers.", example: "[10.1.0.10]"),
      Key(name: "domain", type: .text(.value), doc: "The local domain.", example: "example.com"),
      Key(
        name: "search", type: .list(.text(.value), atLeast: 0), doc: "Domains that short names are tried in.",
        example: "[example.com]"),
      Key(name: "options", type: .list(.text(.value), atLeast: 0), doc: "Options of the resolver.", example: "[\"ndots:5\"]"),
    ])

  static let args = Key(
    name: "args", type: .object(argsShape),
    doc: "Arguments for plugins (CNI conventions). An attachment's `args` are merged into `args.cni`.",
    example: "{cni: {mac: \"02:00:00:00:00:01\"}}")

  private static let argsShape = Shape.plugin(
    id: "args", name: "args", doc: "Arguments for plugins, by who defined them.",
    keys: [
      Key(
        name: "cni", type: .object(cniArgs), doc: "The arguments that the CNI conventions define.",
        example: "{mac: \"02:00:00:00:00:01\"}")
    ], isShared: true)

  private static let cniArgs = Shape.plugin(
    id: "cniArgs", name: "args.cni", doc: "The arguments that the CNI conventions define.",
    keys: [
      Key(
        name: "mac", type: .text(.emptyOr(.mac)), doc: "The interface's hardware address; `mac` of an attachment wins.",
        example: "\"02:00:00:00:00:01\""),
      Key(
        name: "ips", type: .any, doc: "Addresses that IPAM must give; `ips` of an attachment are asked for as well.",
        example: "[10.1.0.7/16]"),
      Key(name: "labels", type: .any, doc: "Labels of the Pod, from runtimes that put them here."),
    ], isShared: true)

  static let routes = Key(
    name: "routes", type: .list(.object(route), atLeast: 0), doc: "Routes of the Pod through this interface.",
    example: "[{dst: 0.0.0.0/0}]")

  private static let anyNumber = 0...0xffff_ffff

  private static let route = Shape.plugin(
    id: "route", name: "a route", doc: "One route of the Pod.",
    keys: [
      Key(name: "dst", type: .text(.cidr), isRequired: true, doc: "The destination.", example: "192.0.2.0/24"),
      Key(
        name: "gw", type: .text(.emptyOr(.address)), doc: "The next hop. Default: the gateway of the addresses.",
        example: "10.1.0.1"),
      Key(
        name: "mtu", type: .integer(anyNumber), doc: "The MTU along the path, in bytes; 0 leaves it to the kernel.",
        example: "1400"),
      Key(
        name: "advmss", type: .integer(anyNumber),
        doc: "The segment size told to TCP peers, in bytes; 0 leaves it to the kernel.", example: "1360"),
      Key(
        name: "priority", type: .integer(anyNumber), doc: "The metric: the lowest wins; 0 leaves it to the kernel.",
        example: "100"),
      Key(name: "table", type: .integer(anyNumber), doc: "The routing table. Default: the main one.", example: "100"),
      Key(
        name: "scope", type: .integer(0...255), doc: "The scope as the kernel's number: 0 global, 253 link, 254 host.",
        example: "253"),
    ])

  static let mtu = Key(
    name: "mtu", type: .integer(68...65535, orZero: true), doc: "The interface's MTU in bytes; 0 leaves it to the kernel.",
    example: "1500")

  static let linkInContainer = Key(
    name: "linkInContainer", type: .boolean,
    doc: "Whether `master` is an interface of the Pod instead of the node's. Default: false.",
    example: "true")

  static let mac = Key(
    name: "mac", type: .text(.emptyOr(.mac)), doc: "The interface's hardware address; `mac` of an attachment wins.",
    example: "\"02:00:00:00:00:01\"")

  static let ipMasqBackend = Key(
    name: "ipMasqBackend", type: .text(.oneOf(["iptables", "nftables"])),
    doc: "What the reference plugin masquerades with. Default: what the node has.", example: "nftables")
}
