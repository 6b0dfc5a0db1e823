extension FindingPage {
  static let duplicateNetwork = FindingPage(
    """
    Two files of the policy's directory declare a network of the same name. Braid takes neither: otherwise the order of the
    files' names would decide which chain an attachment gets. The same name twice in one file is BRD0014.
    """,
    notes: """
      Rename or remove one of them. host-local keeps its reservations under the network's name, so a renamed network counts
      its Pods' addresses anew.
      """)

  static let delegateConfiguration = FindingPage(
    """
    A plugin that is built into Braid has read its configuration and refuses it. The same code reads the configuration on the
    node. There, the ADD of every Pod with this network would fail before Braid sets up anything.
    """,
    example: networks(#"  pods: {chain: [{type: bridge, vlan: 5000}]}"#),
    mending: [("5000", "500")],
    notes: """
      docs/plugins.md has every key of the plugins. Braid cannot ask the plugins on CNI_PATH without a node. If it knows
      enough about such a plugin, it warns with BRD0219; the rest shows at the first ADD, or with `braidctl try`. Keys that
      this release does not support, such as `macspoofchk: true` of the built-in bridge, are refused by name.
      """)

  static let selfDelegation = FindingPage(
    """
    A chain names Braid itself as a plugin. Every ADD would start another Braid with the same policy, without end. So Braid
    refuses it here and on the node.
    """,
    example: networks("  pods: {chain: [{type: braid}]}"),
    mending: [("type: braid", "type: bridge")],
    notes: "To give a Pod several networks, list them in the rule's `attach`.")

  static let unusedNetwork = FindingPage(
    """
    No rule attaches the network, and no request allows it, so no Pod ever gets it. The network does no harm. But its author
    expected it to be used, and perhaps a rule names a similar network by mistake.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br-pods}]}
        storage: {chain: [{type: macvlan, master: eth1}]}
      """),
    mending: [("[{network: pods}]", "[{network: pods}, {network: storage}]")],
    notes: "If Pods are to ask for the network by annotation, list it under `requests:`.")

  static let ipamInChain = FindingPage(
    """
    IPAM plugins only choose addresses. Another plugin calls them, and puts the addresses on the interface that it has made.
    In the chain itself, an IPAM plugin has no interface to work on.
    """,
    example: networks("  pods: {chain: [{type: host-local, subnet: 10.1.0.0/16}]}"),
    mending: [("{type: host-local, subnet: 10.1.0.0/16}", "{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/16}}")])

  static let chainedFirst = FindingPage(
    """
    The chain begins with a plugin that changes the interface of the plugin before it, and there is none before it. The
    reference plugins refuse that at the ADD: no Pod with this network would start.
    """,
    example: networks("  pods: {chain: [{type: tuning, sysctl: {net.core.somaxconn: \"500\"}}, {type: bridge}]}"),
    mending: [
      (
        "[{type: tuning, sysctl: {net.core.somaxconn: \"500\"}}, {type: bridge}]",
        "[{type: bridge}, {type: tuning, sysctl: {net.core.somaxconn: \"500\"}}]"
      )
    ])

  static let interfaceTwice = FindingPage(
    """
    Two plugins of one chain make an interface. CNI gives both the same interface name, so the second plugin fails: the name
    is taken.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: macvlan, master: eth1}]}"),
    mending: [
      ("[{type: bridge}, {type: macvlan, master: eth1}]", "[{type: bridge}]"),
      ("\nrules:", "\n  storage: {chain: [{type: macvlan, master: eth1}]}\nrules:"),
      ("{network: pods}]", "{network: pods}, {network: storage}]"),
    ],
    notes: "One network gives one interface. Declare two networks and attach both.")

  static let unknownPluginKey = FindingPage(
    """
    Braid knows the plugin, and the plugin has no such key. CNI plugins ignore keys that they do not know, so the setting has
    no effect and nobody is told: `isDefaultGatewy: true` leaves the Pods without a default route.
    """,
    example: networks("  pods: {chain: [{type: bridge, hairpinmode: true, isGatway: true}]}"),
    mending: [("isGatway", "isGateway")],
    notes: """
      The finding is an error if the plugin is built in and the key is close to one of its keys. Case does not matter in the keys of plugins. Braid knows the keys of the reference plugins' release 1.9. If you use a
      newer or patched plugin, allow the finding with a comment that says so.
      """)

  static let unknownPlugin = FindingPage(
    """
    Braid does not know the plugin, but its name is very close to the name of a plugin that Braid knows. On a node there would
    be no executable of this name on CNI_PATH, and every ADD with this network would fail. A name that resembles no known
    plugin is taken for a plugin of your own.
    """,
    example: networks("  pods: {chain: [{type: brigde}]}"),
    mending: [("type: brigde", "type: bridge")],
    notes: """
      The finding is an error if a single letter is wrong, and otherwise a warning. If a plugin of your own resembles a known one,
      allow the warning: `- type: bridge-x  # braidctl: allow BRD0209: our own plugin`.
      """)

  static let reservedKey = FindingPage(
    """
    `prevResult` and `runtimeConfig` carry the data of one call: the results so far, and what this Pod asked for. A fixed
    value would tell the plugins of every Pod about the addresses or ports of another Pod.
    """,
    example: networks("  pods: {chain: [{type: bridge, runtimeConfig: {mac: \"02:00:00:00:00:01\"}}]}"),
    mending: [(", runtimeConfig: {mac: \"02:00:00:00:00:01\"}", "")],
    notes: """
      Give `mac`, `ips`, `portMappings` and `bandwidth` in the attachment. Braid makes `runtimeConfig` from them.
      """)

  static let ambiguousKey = FindingPage(
    """
    CNI plugins written in Go do not distinguish `Master` from `master`. If both are there, such a plugin takes the last one.
    Two keys that differ only in case are one key with two values.
    """,
    example: networks("  pods: {chain: [{type: macvlan, master: eth1, Master: eth2}]}"),
    mending: [(", Master: eth2", "")])

  static let masterConflict = FindingPage(
    """
    Two networks use the same interface of the node in ways that exclude each other. The kernel has room for one receive
    handler per interface: the interface can be the master of macvlans, or of ipvlans, or a port of a bridge. The Pod that
    comes first wins, and the ADDs of the other network fail with "device or resource busy".
    """,
    example: networks(
      """
        fast: {chain: [{type: macvlan, master: eth1}]}
        slow: {chain: [{type: ipvlan, master: eth1}]}
      """, attach: ["fast", "slow"]),
    mending: [("ipvlan, master: eth1", "macvlan, master: eth1")],
    notes: """
      Several macvlans may share a master, and so may several ipvlans. Only a macvlan with `mode: passthru` needs the master
      for itself. VLANs on the interface (`eth1.10`, `eth1.20`) are masters of their own.
      """)

  static let mtuOverMaster = FindingPage(
    """
    The MTU is larger than that of the interface below, as far as the policy shows it. The kernel refuses such a macvlan,
    ipvlan or VLAN. If an attachment has a larger MTU than its network, large packets are lost on the way: small requests work
    and large answers hang. On a running node this is hard to find.
    """,
    example: networks("  pods: {chain: [{type: bridge, mtu: 1500}]}").replacing(
      "{network: pods}", with: "{network: pods, mtu: 9000}"),
    mending: [("mtu: 1500", "mtu: 9000")],
    notes: """
      Braid does not know the MTU of the node's own interfaces here. `braidctl try` finds out on the node.
      """)

  static let externalConfiguration = FindingPage(
    """
    The value of a reference plugin's key has the wrong type, is outside the key's range, or is none of the key's words; or two
    keys exclude each other; or a key needs another one that is not there. The plugin is a program of its own, so only the plugin can decide what it accepts. Most refuse such a configuration, and the ADD of
    every Pod with this network fails.
    """,
    example: networks(
      "  pods: {chain: [{type: vlan, master: eth1, vlanId: 7, mtu: jumbo, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}"),
    mending: [("jumbo", "9000")],
    notes: """
      Braid knows the reference plugins' release 1.9 (docs/plugins.md). If you use a newer or patched plugin, allow the
      finding with a comment that says so. In a runtime's list, this warning is also about values that the reference plugin
      accepts and Braid's own plugin of the same name refuses, such as `ipMasqBackend: iptables` of bridge.
      """)
}
