extension FindingPage {
  static let noRules = FindingPage(
    """
    A network by itself gives no Pod an interface: rules say which Pods get it. Braid refuses a Pod that no rule matches, so a
    policy without rules refuses every Pod.
    """,
    example: "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(usual)\n",
    mending: [("10.1.0.0/16}}]}\n", "10.1.0.0/16}}]}\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n")],
    notes: "In a directory, the rules of all files count together.")

  static let duplicateRule = FindingPage(
    """
    Two rules have the same name. Messages and `braidctl` name the rule that matched, and nobody could tell which of the two
    they mean.
    """,
    example: rules(
      """
        - {name: everyone, match: {namespaces: [db]}, attach: [{network: storage}]}
        - {name: everyone, attach: [{network: pods}]}
      """),
    mending: [("{name: everyone, match", "{name: databases, match")])

  static let unknownNetwork = FindingPage(
    """
    A rule attaches, or a request allows, a network that the policy does not declare. Every Pod of the rule would be refused.
    """,
    example: rules("  - {name: everyone, attach: [{network: pod}]}", storage: false),
    mending: [("network: pod}", "network: pods}")],
    notes: """
      Names are compared exactly, including their case. In a directory, every file may use the networks of all files.
      """)

  static let unreachableRule = FindingPage(
    """
    The first rule that matches a Pod wins, and the earlier rules match every Pod that this rule would match. The rule looks
    as if it were in force, but it never is: its Pods do not get its networks, and they do get networks that it does not have.
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
    The attachment claims the default route, but its network brings none: it gives no address of the family, or the address has
    no gateway. Braid does not install the other attachments' default routes, so the Pod would reach only its own networks. The
    ADD of such a Pod fails.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
        taps: {chain: [{type: macvlan, master: eth1}]}
      """, attach: ["pods", "taps"]
    ).replacing("{network: taps}", with: "{network: taps, defaultRoute: true}"),
    mending: [("{network: taps, defaultRoute: true}", "{network: taps}")],
    notes: """
      host-local always gives a gateway. With `static`, write `gateway` beside the address. `ips` of an attachment replace the
      addresses of `static` and have no gateway: name the next hop in the IPAM's `routes`, such as `{dst: 0.0.0.0/0, gw:
      10.1.0.1}`. On the first attachment the finding is only a warning if the runtime may name the gateway with CNI_ARGS.
      """)

  static let sharedIdentity = FindingPage(
    """
    The rule gives a fixed IP or hardware address and may match more than one Pod. The address is in the rule itself, or in a
    network whose IPAM is `static`. host-local gives the address to the first Pod on the node, and the ADD of the second Pod
    fails. For hardware addresses and those of `static` nothing fails: two Pods have the same address, and packets reach
    either of them.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, ips: [10.1.0.5]}]}", storage: false),
    mending: [("{name: everyone, attach", "{name: gateway, match: {namespaces: [edge], pods: [gateway-0]}, attach")],
    notes: """
      A rule matches a single Pod only if it has one literal namespace and one literal Pod name. In all other cases, let the
      Pod ask for the address by annotation.
      """)
}
