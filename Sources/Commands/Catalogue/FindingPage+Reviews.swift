/// Pages about attachments of which each key is right and that still fail.
extension FindingPage {
  static let unreachableNextHop = FindingPage(
    """
    A route of the network has a next hop that the Pod cannot reach through this interface: no address of the interface is in the
    same subnet, and no earlier route of link scope leads there; or the next hop is of the other address family, or no address of a
    single machine. The kernel refuses the route, and every ADD of the network fails.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, routes: [{dst: 10.5.0.0/16, gw: 10.2.0.1}]}}]}"
    ),
    mending: [("gw: 10.2.0.1", "gw: 10.1.0.1")],
    notes: """
      The kernel gets the routes in their order. A route that leads to a next hop must stand before the route that needs it. A
      Pod's own request (`default-route`) is checked in the same way: see `braidctl explain`.
      """)

  static let unusableAddress = FindingPage(
    """
    An interface would get an address that no interface of a Pod can have: a multicast, loopback or unspecified address, or an
    address that it already has. The kernel refuses it, or nobody could reach the Pod by it.
    """,
    example: networks("  pods: {chain: [{type: bridge, ipam: {type: static, addresses: [{address: 224.1.0.5/24}]}}]}", attach: [])
      .replacing(
        "{name: everyone, attach: []}", with: "{name: one, match: {namespaces: [db], pods: [db-0]}, attach: [{network: pods}]}"),
    mending: [("224.1.0.5", "10.1.0.5")])

  static let unfitAddresses = FindingPage(
    """
    The plugin that makes the interface cannot work with the addresses that the IPAM plugin gives. Either an interface with an MTU
    below 1280 gets an IPv6 address or route, which the kernel refuses; or ptp gets an address without a gateway of the same family, or
    the gateway is the Pod's own address. Every ADD of the attachment fails.
    """,
    example: networks("  pods: {chain: [{type: bridge, mtu: 1000, ipam: {type: host-local, subnet: \"fd00::/64\"}}]}"),
    mending: [("mtu: 1000", "mtu: 1400")])

  static let severalGateways = FindingPage(
    """
    Two networks put different gateways on the same bridge, or one network has two IPv4 gateways. A bridge has one IPv4 address: the
    network that comes first sets it, and every ADD of the other fails. With `forceAddress` each takes the address away from
    the Pods of the other.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br0, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
        more: {chain: [{type: bridge, bridge: br0, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}
      """, attach: ["pods", "more"]),
    mending: [
      (
        "bridge: br0, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.2",
        "bridge: br1, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.2"
      )
    ],
    notes: "Networks of different VLANs may have different gateways: each VLAN has an interface of its own for its gateway.")

  static let interfaceOfFirst = FindingPage(
    """
    The runtime gives the first attachment the name `eth0`. Another attachment of the rule has the same name, so Braid refuses every
    Pod of the rule.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods}, {network: storage, interface: eth0}]}"),
    mending: [("interface: eth0", "interface: net1")],
    notes: """
      containerd, CRI-O and Podman always ask for `eth0` first. `braidctl explain --interface` shows another name.
      """)

  static let noAddress = FindingPage(
    """
    The network's IPAM plugin is `static` and has no addresses of its own, and the attachment asks for none. There is nothing to
    give, and every ADD of the rule fails.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}\n"
        + "  fixed: {chain: [{type: macvlan, master: eth1, ipam: {type: static}}]}", attach: []
    ).replacing(
      "{name: everyone, attach: []}",
      with: "{name: one, match: {namespaces: [db], pods: [db-0]}, attach: [{network: pods}, {network: fixed}]}"),
    mending: [("{network: fixed}", "{network: fixed, ips: [10.2.0.5/24]}")],
    notes: "For the first attachment it is a warning, because a runtime may ask for an address itself.")

  static let severalOfSet = FindingPage(
    """
    The attachment asks for two addresses of one set of ranges. host-local gives an interface one address of each set, so it
    refuses every ADD of the rule.
    """,
    example: rules(
      """
        - {name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach: [{network: pods, ips: [10.1.0.5, 10.1.0.6]}]}
      """, storage: false),
    mending: [("[10.1.0.5, 10.1.0.6]", "[10.1.0.5]")],
    notes: "A second set of ranges gives a second address: `ranges: [[{subnet: 10.1.0.0/16}], [{subnet: 10.2.0.0/16}]]`.")

  static let impossiblePattern = FindingPage(
    """
    The pattern has a character that no name of a namespace or Pod contains, so it matches nothing. Often it is a regular
    expression, or two patterns in one text. A pattern has only `*`, for any characters, and `?`, for one.
    """,
    example: rules(
      """
        - {name: databases, match: {namespaces: ["^db-.*$"]}, attach: [{network: pods}, {network: storage}]}
        - {name: everyone, attach: [{network: pods}]}
      """),
    mending: [("^db-.*$", "db-*")],
    notes: """
      Names in Kubernetes consist of lower-case letters, digits, `-` and `.`. For upper-case letters and `_` the finding is a warning, because
      other runtimes may use them.
      """)

  static let unseenLabels = FindingPage(
    """
    The rule has a condition on labels. Braid knows only the labels that the runtime puts into `args.cni.labels`, and neither
    containerd nor CRI-O nor Podman does that. So the condition sees a Pod without labels.
    """,
    example: rules(
      """
        - {name: databases, match: {labels: {tier: data}}, attach: [{network: pods}, {network: storage}]}
        - {name: everyone, attach: [{network: pods}]}
      """),
    mending: [("labels: {tier: data}", "annotations: {tier: data}")],
    notes: "If your runtime gives labels, allow the finding with a comment that says so.")

  static let requestWithoutRule = FindingPage(
    """
    The Pods of these namespaces may ask for networks, but no rule matches them. Braid refuses a Pod that no rule matches, whatever
    the Pod asks for.
    """,
    example: "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(usual)\n"
      + "rules:\n  - {name: web, match: {namespaces: [web]}, attach: [{network: pods}]}\n"
      + "requests:\n  - {namespaces: [media], networks: [pods]}\n",
    mending: [("match: {namespaces: [web]}", "match: {namespaces: [web, media]}")])

  static let idlePermission = FindingPage(
    """
    An entry of `requests` allows something that no plugin of its networks takes. Braid refuses a Pod that asks for it, as if the entry did
    not allow it. `sysctl` in `cniArgs` allows nothing either: sysctls of a Pod's choice could weaken the Pod, or the node.
    """,
    example: "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(usual)\n"
      + "rules:\n  - {name: web, attach: [{network: pods}]}\n"
      + "requests:\n  - {namespaces: [media], networks: [pods], portMappings: {hostPorts: [8080]}}\n",
    mending: [(", portMappings: {hostPorts: [8080]}", "")])

  static let missingCapability = FindingPage(
    """
    The runtime's configuration list calls Braid without a capability that the policy needs. A runtime only passes on what the list
    declares. Without `io.kubernetes.cri.pod-annotations` no condition on an annotation holds, and nothing that a Pod asks for by
    annotation is done. Without `portMappings` or `bandwidth`, ports and limits of a Pod are lost, which is a warning.
    """,
    notes: """
      `braidctl validate policy.yaml 10-braid.conflist` compares the two if both are named in one call. `braidctl render
      --runtime-conflist policy.yaml` prints a list with all capabilities that the policy can use.
      """)

  static let gatewayWithoutRoute = FindingPage(
    """
    The rule's first network has a gateway on the node, but it gives the Pod no default route, and no other attachment of the rule
    does. The Pod reaches only its own networks: no Service, no name server, no other node. Usually `isDefaultGateway` was meant,
    which implies `isGateway`.
    """,
    example: networks("  pods: {chain: [{type: bridge, isGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}"),
    mending: [("isGateway", "isDefaultGateway")],
    notes: "`defaultRoute: false` at the first attachment says that the Pod is meant to have none. Then there is no finding.")

  static let addressOfOthers = FindingPage(
    """
    A rule gives a Pod a fixed address out of a range from which other Pods get theirs. host-local does not reserve the address: if
    another Pod of the node has it already, the ADD of this Pod fails until that Pod ends.
    """,
    example: rules(
      """
        - {name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach: [{network: pods, ips: [10.1.0.5]}]}
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [
      (
        "subnet: 10.1.0.0/16}}]}",
        "subnet: 10.1.0.0/16, rangeStart: 10.1.1.0}}]}\n  "
          + "gateways: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16, rangeEnd: 10.1.0.255}}]}"
      ),
      ("{network: pods, ips: [10.1.0.5]}", "{network: gateways, ips: [10.1.0.5]}"),
    ],
    notes: """
      Keep the fixed addresses in a network of their own on the same link, and separate the ranges with `rangeStart` and `rangeEnd`.
      """)
}
