extension FindingPage {
  static let addressRange = FindingPage(
    """
    The range ends before it starts, or it reaches outside its subnet. host-local does not guess which of the two numbers is
    wrong. It refuses every ADD of the network.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.90, rangeEnd: 10.1.0.10}}]}"
    ),
    mending: [("rangeStart: 10.1.0.90, rangeEnd: 10.1.0.10", "rangeStart: 10.1.0.10, rangeEnd: 10.1.0.90")])

  static let gatewayOutside = FindingPage(
    """
    The gateway is not in the subnet that the Pods get their addresses from. A Pod cannot reach such a gateway on its own
    link, so the kernel refuses a route through it with "network is unreachable". A gateway of the other address family is never
    reached.
    """,
    example: networks("  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, gateway: 10.2.0.1}}]}"),
    mending: [("10.2.0.1", "10.1.0.1")],
    notes: """
      A route of link scope to the gateway, listed before the others, makes such a gateway reachable: `routes: [{dst:
      169.254.1.1/32, scope: 253}, {dst: 0.0.0.0/0}]`. There is then no finding. ptp makes this route by itself.
      """)

  static let emptyPool = FindingPage(
    """
    The range has no address left for Pods: the network's own address, the broadcast address and the gateway's address are
    never given out. No Pod can get an address, and every ADD fails.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.1, rangeEnd: 10.1.0.1}}]}"
    ),
    mending: [("rangeEnd: 10.1.0.1}", "rangeEnd: 10.1.0.9}")],
    notes: "Without `gateway`, the first address of the subnet is the gateway's.")

  static let overlappingSubnets = FindingPage(
    """
    Two networks of the node have subnets with common addresses. A Pod that has both networks has two routes to the same
    destination and uses only one of them. It answers through one interface what came in by the other, and whoever checks the
    sender drops the answer. Even without such a Pod, the node itself can reach only one of two Pods that have the same
    address.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br-pods, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
        more: {chain: [{type: bridge, bridge: br-more, ipam: {type: host-local, subnet: 10.1.4.0/24}}]}
      """, attach: ["pods", "more"]),
    mending: [("10.1.4.0/24", "10.2.4.0/24")],
    notes: """
      Networks on the same bridge or master share a subnet on purpose, so there is no warning about them. If the networks
      belong to isolated tenants that never meet, allow the finding.
      """)

  static let sharedAddresses = FindingPage(
    """
    Two networks on one bridge or master give out the same addresses. host-local keeps a separate list for each network, so
    both of them will give 10.1.0.2 to a Pod. Two Pods with one address on the same wire reach nobody reliably.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
        more: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.200}}]}
      """, attach: ["pods", "more"]),
    mending: [("subnet: 10.1.0.0/24}}", "subnet: 10.1.0.0/24, rangeEnd: 10.1.0.199}}")])

  static let addressOutsidePool = FindingPage(
    """
    The attachment asks for an address that the network's IPAM cannot give: the address is outside the IPAM's ranges, or it is
    the gateway's. host-local refuses the address, and every ADD of the rule fails.
    """,
    example: rules(
      """
        - {name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach: [{network: pods, ips: [10.9.0.5]}]}
        - {name: everyone, attach: [{network: storage}]}
      """),
    mending: [("10.9.0.5", "10.1.0.5")])

  static let poolTooSmall = FindingPage(
    """
    A rule attaches the network several times, so one Pod needs more addresses than the network has. Not even a single Pod of
    this rule can start on a node.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/30}}]}", attach: ["pods", "pods"]),
    mending: [("10.1.0.0/30", "10.1.0.0/24")],
    notes: "A /30 has four addresses: the network's, the gateway's, one for a Pod and the broadcast address.")

  static let ipamWithoutType = FindingPage(
    """
    An `ipam` has keys, but no `type` that names the IPAM plugin: it was left out, is empty, or is misspelt. A plugin takes that
    for a network without addresses, so the Pod would run with an interface that cannot reach anybody. The built-in plugins
    refuse it at the ADD.
    """,
    example: networks("  pods: {chain: [{type: bridge, ipam: {typ: host-local, subnet: 10.1.0.0/16}}]}"),
    mending: [("typ: host-local", "type: host-local")],
    notes: """
      For an interface without addresses, leave `ipam` out or write `ipam: {}`. An external plugin that Braid does not know may
      do without a type, so there the finding is only a warning. The same holds in a runtime's list.
      """)

  static let sharedDestination = FindingPage(
    """
    One rule attaches two networks, and both bring a route to the same destination, or one brings a route to the subnet of the
    other. A packet can go one way only. Braid installs one of the two: the interface that has an address in the destination comes
    before a route, and of two routes that of the first attachment wins.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16, routes: [{dst: 10.9.0.0/16}]}}]}
        storage: {chain: [{type: macvlan, master: eth1, ipam: {type: host-local, subnet: 10.2.0.0/24, routes: [{dst: 10.9.0.0/16}]}}]}
      """, attach: ["pods", "storage"]),
    mending: [("subnet: 10.2.0.0/24, routes: [{dst: 10.9.0.0/16}]", "subnet: 10.2.0.0/24")],
    notes: """
      Routes with different priorities or tables do not compete, so Braid installs both. Networks whose subnets overlap are
      BRD0215.
      """)
}
