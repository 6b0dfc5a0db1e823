extension FindingPage {
  static let noRules = FindingPage(
    """
    Networks alone give nobody an interface: rules say which Pods get them. A Pod that no rule matches is refused, so a
    policy without rules refuses all.
    """,
    example: "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(usual)\n",
    mending: [("10.1.0.0/16}}]}\n", "10.1.0.0/16}}]}\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n")],
    notes: "In a directory the rules of all files count together.")

  static let duplicateRule = FindingPage(
    """
    Two rules have one name. Messages and `braidctl` name the rule that matched, and nobody could tell which of them it was.
    """,
    example: rules(
      """
        - {name: everyone, match: {namespaces: [db]}, attach: [{network: storage}]}
        - {name: everyone, attach: [{network: pods}]}
      """),
    mending: [("{name: everyone, match", "{name: databases, match")])

  static let unknownNetwork = FindingPage(
    """
    A rule attaches, or a request allows, a network that nobody declares. Every Pod of the rule would be refused.
    """,
    example: rules("  - {name: everyone, attach: [{network: pod}]}", storage: false),
    mending: [("network: pod}", "network: pods}")],
    notes: "Names are compared exactly, case included. In a directory networks of any of its files can be used.")

  static let unreachableRule = FindingPage(
    """
    The first rule that matches a Pod wins, and the earlier rules match every Pod that this one would. It looks as if it were
    in force, and is not: what it should give, and what it should keep from its Pods, it does not.
    """,
    example: rules(
      """
        - {name: everyone, attach: [{network: pods}]}
        - {name: databases, match: {namespaces: [db]}, attach: [{network: pods}, {network: storage}]}
      """),
    mending: [
      ("  - {name: everyone, attach: [{network: pods}]}\n", ""),
      ("{network: storage}]}\n", "{network: storage}]}\n  - {name: everyone, attach: [{network: pods}]}\n"),
    ],
    notes: "Put special rules first and general ones last.")

  static let noDefaultRoute = FindingPage(
    """
    The attachment is named owner of the default route, and its network gives no address at all: it has no IPAM. The
    others' default routes are not installed then, so that the Pod has none and reaches nothing beyond its own networks.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, isGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
        taps: {chain: [{type: macvlan, master: eth1}]}
      """, attach: ["pods", "taps"]
    ).replacing("{network: taps}", with: "{network: taps, defaultRoute: true}"),
    mending: [("{network: taps, defaultRoute: true}", "{network: taps}")])

  static let sharedIdentity = FindingPage(
    """
    The rule gives a fixed IP or hardware address, itself or by a network whose IPAM is `static`, and may match more than one Pod. host-local gives
    the address to the first one on the node, and the second ADD fails. Hardware addresses and those of `static` are not even noticed: two Pods have
    one, and packets go to either.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, ips: [10.1.0.5]}]}", storage: false),
    mending: [("{name: everyone, attach", "{name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach")],
    notes:
      "Only a rule with one literal namespace and one literal Pod name matches a single Pod. Elsewhere let the Pod ask for it by annotation."
  )
}
