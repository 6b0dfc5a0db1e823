import PluginModel

/// The keys of an entry of `requests`.
enum RequestTable {
  static let request = Shape(
    id: "request", name: "a request",
    doc: "What the Pods of some namespaces may ask for. A request needs one entry that allows all of it.",
    keys: [
      Key(
        name: "namespaces", type: .list(.text(.policy(.nameGlob)), atLeast: 1), isRequired: true,
        doc: "Patterns. The Pod's namespace must match one of them.", example: "[db, \"db-*\"]"),
      Key(
        name: "networks", type: .list(.text(.policy(.networkName)), atLeast: 1), isRequired: true,
        doc: "The networks that these Pods may ask for.", example: "[storage]"),
      Key(
        name: "maxNetworks", type: .integer(1...NetworkRequest.maximumCount),
        doc: "How many requests of one Pod this entry allows. Default: \(NetworkRequest.maximumCount).", example: "2"),
      Key(
        name: "interfaces", type: .list(.text(.policy(.valueGlob)), atLeast: 1),
        doc: "Patterns for the names that requests give to interfaces. Default: every name.", example: "[\"data*\"]"),
      Key(
        name: "ips", type: .either([.boolean, .list(.text(.subnet), atLeast: 1)]),
        doc:
          "The addresses that requests may ask for: `true` for those of the subnets that the network's `ipam` names, `false` for none, "
          + "or a list of subnets. Never the address of a gateway or of the node. Default: `true`.", example: "[10.2.0.0/24]"),
      Key(name: "mac", type: .boolean, doc: "Whether requests may set the hardware address. Default: true.", example: "false"),
      Key(
        name: "defaultRoute", type: .either([.boolean, .text(.policy(.family))]),
        doc:
          "Whether requests may take over the Pod's default route with `default-route`: `true` for both families, `ipv4` or `ipv6` for "
          + "one. Default: false.", example: "ipv4"),
      Key(
        name: "defaultNetwork", type: .boolean,
        doc:
          "Whether the annotation `v1.multus-cni.io/default-network` may replace the first network of the Pod's rule by one of "
          + "these. Default: false.", example: "true"),
      Key(
        name: "portMappings", type: .object(ports),
        doc: "Which ports of the node requests may map. Without this key, none.", example: "{hostPorts: [30000-32767]}"),
      Key(
        name: Capability.bandwidth.rawValue, type: .object(bandwidth),
        doc: "The highest limits that requests may set. Without this key, none.",
        example: "{ingressRate: 1000000000, ingressBurst: 8000000}"),
      Key(
        name: "cniArgs", type: .list(.text(.policy(.valueGlob)), atLeast: 1),
        doc:
          "Patterns for the keys that requests may pass to the plugins in `cni-args`. What `ips` and `mac` forbid stays forbidden "
          + "there, and so does `sysctl`. Without this key, none.", example: "[debug]"),
      Key(
        name: "deviceID", type: .boolean, doc: "Whether requests may choose a device of the node. Default: false.",
        example: "true"),
      Key(
        name: "infinibandGUID", type: .boolean, doc: "Whether requests may set the InfiniBand GUID. Default: false.",
        example: "true"),
      Key(
        name: "inResult", type: .boolean,
        doc:
          "Whether the runtime gets to know the addresses in the requested networks. Some runtimes take every address that they get for the Pod's. "
          + "Default: true."),
    ])

  private static let ports = Shape(
    id: "requestedPorts", name: "the ports of requests", doc: "Which ports of the node requests may map.",
    keys: [
      Key(
        name: "hostPorts", type: .list(.either([.integer(1...65535), .text(.policy(.portRange))]), atLeast: 1), isRequired: true,
        doc: "Ports, and ranges such as `30000-32767`. 1 to 65535.", example: "[8080, 30000-32767]"),
      Key(
        name: "hostIPs", type: .list(.text(.subnet), atLeast: 1),
        doc: "The node's addresses, as subnets. Each mapping must then name one as `hostIP`. Default: every address, also all at "
          + "once.", example: "[192.0.2.1/32]"),
    ])

  private static let anyRate = 0...Int.max

  private static let bandwidth = Shape(
    id: "requestedBandwidth", name: "the bandwidth of requests",
    doc: "The highest limits that requests may set. A request cannot set a value whose key is missing.",
    keys: [
      Key(
        name: "ingressRate", type: .integer(anyRate), doc: "The highest rate in bits per second; 0 allows every rate.",
        example: "1000000000"),
      Key(
        name: "ingressBurst", type: .integer(anyRate), doc: "The highest burst in bits; 0 allows every burst.", example: "8000000"
      ),
      Key(
        name: "egressRate", type: .integer(anyRate), doc: "The highest rate in bits per second; 0 allows every rate.",
        example: "1000000000"),
      Key(
        name: "egressBurst", type: .integer(anyRate), doc: "The highest burst in bits; 0 allows every burst.", example: "8000000"),
    ])
}
