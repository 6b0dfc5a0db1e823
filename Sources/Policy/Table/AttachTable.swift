import PluginModel

/// The keys of an attachment.
enum AttachTable {
  static let attach = Shape(
    id: "attachment", name: "an attachment", doc: "One interface of the Pod.",
    keys: [
      Key(
        name: "network", type: .text(.policy(.networkName)), isRequired: true, doc: "A network of this policy.", example: "pods"),
      Key(
        name: "interface", type: .text(.interfaceName),
        doc: "The interface's name in the Pod. Default: `net` and the position in the list, so `net1` for the second entry. "
          + "Not for the first entry: the runtime chooses its name.", example: "net1",
        aliases: ["name", "ifname"]),
      Key(
        name: "defaultRoute", type: .either([.boolean, .text(.policy(.family))]),
        doc: "Whether this attachment gives the Pod its default routes: `true` for both families, `ipv4` or `ipv6` for one. "
          + "Default routes of the other attachments are not installed. If no attachment claims a family, the first attachment gives "
          + "its default route, unless it says `false`."
      ),
      Key(
        name: "ips", type: .list(.text(.policy(.addressOrPrefix)), atLeast: 1),
        doc:
          "The addresses that the interface must get, with or without a prefix length. The IPAM plugin gets them as `runtimeConfig.ips`.",
        example: "[10.1.2.3]", aliases: ["addresses"]),
      Key(
        name: "mac", type: .text(.mac), doc: "The interface's hardware address. The plugins get it as `runtimeConfig.mac`.",
        example: "\"02:00:00:00:00:01\""),
      Key(
        name: "mtu", type: .integer(68...65535),
        doc: "The interface's MTU in bytes, 68 to 65535. The chain's first plugin gets it as `mtu`.", example: "1400"),
      Key(
        name: "acceptRA", type: .boolean,
        doc:
          "Whether the interface takes addresses and routes from router advertisements (SLAAC). Default: true. Default routes of "
          + "routers are taken only where this attachment owns the IPv6 default route.", example: "false",
        aliases: ["slaac"]),
      Key(
        name: "routing", type: .text(.oneOf([AttachmentOptions.bySource])),
        doc:
          "`source`: packets with an address of this interface leave through it, whatever the destination, so a Pod with several networks "
          + "answers on the one that it was asked on. It adds `sbr` to the chain, unless `sbr` is there. The attachment that gives the "
          + "Pod its default route keeps its routes in the main table.", example: "source"),
      Key(
        name: "portMappings", type: .list(.object(portMapping), atLeast: 1),
        doc:
          "Ports of the node that are forwarded to this interface. The plugins get them as `runtimeConfig.portMappings`. "
          + "The first attachment also has those of the runtime.",
        example: "[{hostPort: 8080, containerPort: 80}]"),
      Key(
        name: "bandwidth", type: .object(bandwidth),
        doc: "Limits of the traffic. The plugins get them as `runtimeConfig.bandwidth`.",
        example: "{ingressRate: 100000000, ingressBurst: 8000000}"),
      Key(
        name: "args", type: .anyObject,
        doc: "Values that Braid merges into `args.cni` of every plugin of the chain. They win over those of the configuration."),
      Key(
        name: "inResult", type: .boolean,
        doc:
          "Whether the result that the runtime gets has this interface's addresses. Default: true. CRI-O takes every address of the "
          + "result for the Pod's own. Not for the first entry."),
    ])

  static let portMapping = Shape(
    id: "portMapping", name: "a port mapping", doc: "One port of the node that is forwarded to the Pod.",
    keys: [
      Key(name: "hostPort", type: .integer(1...65535), isRequired: true, doc: "The node's port, 1 to 65535.", example: "8080"),
      Key(name: "containerPort", type: .integer(1...65535), isRequired: true, doc: "The Pod's port, 1 to 65535.", example: "80"),
      Key(name: "protocol", type: .text(.policy(.transport)), doc: "`tcp`, `udp` or `sctp`. Default: `tcp`.", example: "udp"),
      Key(
        name: "hostIP", type: .text(.address), doc: "The node's address that has the port. Default: all.", example: "192.0.2.1"),
    ])

  private static let anyRate = 0...Int.max

  static let bandwidth = Shape(
    id: "bandwidth", name: "a bandwidth", doc: "Limits of the traffic. A burst needs its rate.",
    keys: [
      Key(
        name: "ingressRate", type: .integer(anyRate), doc: "How fast the Pod may receive, in bits per second; 0 is no limit.",
        example: "100000000"),
      Key(name: "ingressBurst", type: .integer(anyRate), doc: "How many bits the Pod may receive at once.", example: "8000000"),
      Key(
        name: "egressRate", type: .integer(anyRate), doc: "How fast the Pod may send, in bits per second; 0 is no limit.",
        example: "100000000"),
      Key(name: "egressBurst", type: .integer(anyRate), doc: "How many bits the Pod may send at once.", example: "8000000"),
    ])
}
