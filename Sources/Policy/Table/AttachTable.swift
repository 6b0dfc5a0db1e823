import PluginModel

/// The keys of one interface of a Pod.
enum AttachTable {
  static let attach = Shape(
    id: "attachment", name: "an attachment", doc: "One interface of the Pod.",
    keys: [
      Key(
        name: "network", type: .text(.policy(.networkName)), isRequired: true, doc: "A network of this policy.", example: "pods"),
      Key(
        name: "interface", type: .text(.interfaceName),
        doc: "The interface's name in the Pod. Default: `net` and the position in the list, the second entry being `net1`. "
          + "Not for the first entry, which has the name that the runtime asks for.", example: "net1",
        aliases: ["name", "ifname"]),
      Key(
        name: "defaultRoute", type: .either([.boolean, .text(.policy(.family))]),
        doc: "Whether the Pod's default routes are those of this attachment: `true` for both families, `ipv4` or `ipv6` for one. "
          + "Those of all others are not installed. Where no attachment claims a family, it is the first one's, unless that says `false`."
      ),
      Key(
        name: "ips", type: .list(.text(.policy(.addressOrPrefix)), atLeast: 1),
        doc:
          "The addresses that the interface must get, with or without a prefix length. They go to IPAM as `runtimeConfig.ips`.",
        example: "[10.1.2.3]", aliases: ["addresses"]),
      Key(
        name: "mac", type: .text(.mac), doc: "The interface's hardware address: `runtimeConfig.mac`.",
        example: "\"02:00:00:00:00:01\""),
      Key(
        name: "mtu", type: .integer(68...65535),
        doc: "The interface's MTU in bytes, 68 to 65535: `mtu` of the chain's first plugin.", example: "1400"),
      Key(
        name: "portMappings", type: .list(.object(portMapping), atLeast: 1),
        doc:
          "Ports of the node that lead to this interface: `runtimeConfig.portMappings`, in addition to the runtime's own on the first attachment.",
        example: "[{hostPort: 8080, containerPort: 80}]"),
      Key(
        name: "bandwidth", type: .object(bandwidth), doc: "Limits of the traffic: `runtimeConfig.bandwidth`.",
        example: "{ingressRate: 100000000, ingressBurst: 8000000}"),
      Key(name: "args", type: .anyObject, doc: "Merged into `args.cni` of every plugin of the chain; these values win."),
      Key(
        name: "inResult", type: .boolean,
        doc:
          "Whether the runtime is told of this interface's addresses. Default: true. CRI-O takes every address it is told of for the Pod's. "
          + "Not for the first entry."),
    ])

  static let portMapping = Shape(
    id: "portMapping", name: "a port mapping", doc: "One port of the node that leads to the Pod.",
    keys: [
      Key(name: "hostPort", type: .integer(1...65535), isRequired: true, doc: "The node's port, 1 to 65535.", example: "8080"),
      Key(name: "containerPort", type: .integer(1...65535), isRequired: true, doc: "The Pod's port, 1 to 65535.", example: "80"),
      Key(name: "protocol", type: .text(.policy(.transport)), doc: "`tcp`, `udp` or `sctp`. Default: `tcp`.", example: "udp"),
      Key(
        name: "hostIP", type: .text(.address), doc: "The node's address that is listened on. Default: all.", example: "192.0.2.1"),
    ])

  private static let anyRate = 0...Int.max

  static let bandwidth = Shape(
    id: "bandwidth", name: "a bandwidth", doc: "Limits of the traffic. A burst needs its rate.",
    keys: [
      Key(
        name: "ingressRate", type: .integer(anyRate), doc: "What comes into the Pod, in bits per second; 0 is no limit.",
        example: "100000000"),
      Key(name: "ingressBurst", type: .integer(anyRate), doc: "How many bits may come at once.", example: "8000000"),
      Key(
        name: "egressRate", type: .integer(anyRate), doc: "What leaves the Pod, in bits per second; 0 is no limit.",
        example: "100000000"),
      Key(name: "egressBurst", type: .integer(anyRate), doc: "How many bits may leave at once.", example: "8000000"),
    ])
}
