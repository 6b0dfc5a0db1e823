extension FindingPage {
  static let addressRange = FindingPage(
    """
    The range ends before it starts, or reaches outside its subnet. host-local does not guess which of the two was meant, and refuses every ADD of
    the network.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.90, rangeEnd: 10.1.0.10}}]}"
    ),
    mending: [("rangeStart: 10.1.0.90, rangeEnd: 10.1.0.10", "rangeStart: 10.1.0.10, rangeEnd: 10.1.0.90")])

  static let gatewayOutside = FindingPage(
    """
    The gateway is not in the subnet from which the Pods have their addresses. To a Pod it is not on the link, so that the kernel
    refuses a route through it with "network is unreachable", unless another route leads to it first.
    """,
    example: networks("  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, gateway: 10.2.0.1}}]}"),
    mending: [("10.2.0.1", "10.1.0.1")],
    notes: "Where a route of scope link to the gateway is given on purpose, allow the finding with that reason.")

  static let emptyPool = FindingPage(
    """
    After the address of the network itself, the broadcast address and the gateway's nothing is left of the range, so
    that no Pod can ever get an address: every ADD would fail.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.1, rangeEnd: 10.1.0.1}}]}"
    ),
    mending: [("rangeEnd: 10.1.0.1}", "rangeEnd: 10.1.0.9}")],
    notes: "Without `gateway` the first address of the subnet is the gateway's.")

  static let overlappingSubnets = FindingPage(
    """
    Two networks of the node have subnets with common addresses. A Pod with both has two routes to the same destination and uses one of them:
    what came in by one interface is answered by the other, and dropped by whoever checks the sender. Even without such a Pod the node itself can
    reach only one of two Pods with the same address.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br-pods, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
        more: {chain: [{type: bridge, bridge: br-more, ipam: {type: host-local, subnet: 10.1.4.0/24}}]}
      """, attach: ["pods", "more"]),
    mending: [("10.1.4.0/24", "10.2.4.0/24")],
    notes:
      "Networks on the same bridge or master share a subnet on purpose and are not warned about. Subnets of isolated tenants that never meet can be allowed."
  )

  static let sharedAddresses = FindingPage(
    """
    Two networks on one bridge or master give out the same addresses. host-local counts per network: each will give 10.1.0.2 to
    a Pod of its own, and two Pods on one wire with one address reach nobody reliably.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
        more: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/24, rangeStart: 10.1.0.200}}]}
      """, attach: ["pods", "more"]),
    mending: [("subnet: 10.1.0.0/24}}", "subnet: 10.1.0.0/24, rangeEnd: 10.1.0.199}}")])

  static let addressOutsidePool = FindingPage(
    """
    The attachment asks for an address that the network's IPAM does not have: it is outside its ranges, or it is the
    gateway's. host-local refuses it, and with it every ADD of the rule.
    """,
    example: rules(
      """
        - {name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach: [{network: pods, ips: [10.9.0.5]}]}
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [("10.9.0.5", "10.1.0.5")])

  static let poolTooSmall = FindingPage(
    """
    One Pod needs more addresses of a network than it has, since a rule attaches the network several times. Not even a node with a
    single such Pod can work.
    """,
    example: networks(
      "  pods: {chain: [{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.1.0.0/30}}]}", attach: ["pods", "pods"]),
    mending: [("10.1.0.0/30", "10.1.0.0/24")],
    notes: "A /30 has four addresses: the network's, the gateway's, one for a Pod and the broadcast address.")
}
