extension FindingPage {
  static let duplicateNetwork = FindingPage(
    """
    Two files of the policy's directory declare a network of the same name. Neither wins: an attachment would get one chain or the
    other by the order of the files' names. Twice in one file it is BRD0014.
    """,
    notes: """
      Give one another name, or remove it. Mind that reservations of host-local are kept under the network's name: with a new name
      its Pods' addresses are counted anew.
      """)

  static let delegateConfiguration = FindingPage(
    """
    A plugin that is built into Braid has read its configuration and refuses it. The same code reads it on the node, where the ADD of
    every Pod with this network would fail before anything is set up.
    """,
    example: networks(#"  pods: {chain: [{type: bridge, vlan: 5000}]}"#),
    mending: [("5000", "500")],
    notes: """
      Every key of the plugins is in docs/plugins.md. Those on CNI_PATH cannot be asked without a node: what is known of theirs is
      BRD0219, a warning, and the rest is told by `braidctl try` or at the first ADD. Keys that need the kernel's firewall and that
      this release does not have, such as `ipMasq: true` of the built-in bridge, are refused by name.
      """)

  static let selfDelegation = FindingPage(
    """
    A chain names Braid itself as a plugin. Every ADD would start another one with the same policy, without end; so Braid
    refuses it here, and on the node as well.
    """,
    example: networks("  pods: {chain: [{type: braid}]}"),
    mending: [("type: braid", "type: bridge")],
    notes: "To give a Pod several networks, list them in the rule's `attach`.")

  static let unusedNetwork = FindingPage(
    """
    No rule attaches the network and no request may ask for it, so that no Pod ever gets it. It does no harm; but somebody
    who wrote it expected it to be used, and a rule with a similar name may be wrong instead.
    """,
    example: networks(
      """
        pods: {chain: [{type: bridge, bridge: br-pods}]}
        storage: {chain: [{type: macvlan, master: eth1}]}
      """),
    mending: [("[{network: pods}]", "[{network: pods}, {network: storage}]")],
    notes: "For networks that Pods ask for by annotation, list them under `requests:`.")

  static let ipamInChain = FindingPage(
    """
    IPAM plugins only choose addresses: another plugin calls them and puts the addresses on the interface that it has made. In the chain itself there
    is no interface to put them on.
    """,
    example: networks("  pods: {chain: [{type: host-local, subnet: 10.1.0.0/16}]}"),
    mending: [("{type: host-local, subnet: 10.1.0.0/16}", "{type: bridge, ipam: {type: host-local, subnet: 10.1.0.0/16}}")])

  static let chainedFirst = FindingPage(
    """
    The chain begins with a plugin that works on the interface of the one before it, and nothing comes before it. The reference
    plugins refuse that on ADD: no Pod with this network would start.
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
    Two plugins of one chain make an interface. Both get the same interface name from CNI, so that the second one fails: the
    name is taken.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: macvlan, master: eth1}]}"),
    mending: [
      ("[{type: bridge}, {type: macvlan, master: eth1}]", "[{type: bridge}]"),
      ("\nrules:", "\n  storage: {chain: [{type: macvlan, master: eth1}]}\nrules:"),
      ("{network: pods}]", "{network: pods}, {network: storage}]"),
    ],
    notes: "One network gives one interface. Declare two, and attach both.")

  static let unknownPluginKey = FindingPage(
    """
    The plugin is one that Braid knows, and has no such key. CNI plugins pass over keys that they do not know, so that the setting
    silently has no effect: `isDefaultGatewy: true` leaves the Pods without a default route.
    """,
    example: networks("  pods: {chain: [{type: bridge, hairpinmode: true, isGatway: true}]}"),
    mending: [("isGatway", "isGateway")],
    notes: """
      Case does not matter in the keys of plugins. The keys known are those of the reference plugins of release 1.9; for a newer or
      patched plugin allow the finding with a comment that says so.
      """)

  static let unknownPlugin = FindingPage(
    """
    Braid does not know the plugin, and its name is very close to one that it knows. On a node there would be no executable of that
    name on CNI_PATH, and every ADD with this network would fail. Names that resemble nothing are taken for plugins of your own.
    """,
    example: networks("  pods: {chain: [{type: brigde}]}"),
    mending: [("type: brigde", "type: bridge")],
    notes: "If the plugin exists, allow the finding: `- type: brigde  # braidctl: allow BRD0209: our own plugin`.")

  static let reservedKey = FindingPage(
    """
    `prevResult` and `runtimeConfig` are what one call hands to a plugin: the results so far, and what the Pod was given. A fixed value would
    tell every Pod's plugins about addresses or ports of another one.
    """,
    example: networks("  pods: {chain: [{type: bridge, runtimeConfig: {mac: \"02:00:00:00:00:01\"}}]}"),
    mending: [(", runtimeConfig: {mac: \"02:00:00:00:00:01\"}", "")],
    notes: "Give `mac`, `ips`, `portMappings` and `bandwidth` in the attachment; Braid makes `runtimeConfig` from them.")

  static let ambiguousKey = FindingPage(
    """
    CNI plugins written in Go do not tell `Master` from `master`, and take whichever comes last. Two keys that differ in case alone
    are one key with two values to them.
    """,
    example: networks("  pods: {chain: [{type: macvlan, master: eth1, Master: eth2}]}"),
    mending: [(", Master: eth2", "")])

  static let masterConflict = FindingPage(
    """
    Two networks want the same interface of the node for things that exclude each other. A device of the kernel has room for one
    receive handler: it can be the master of macvlans, or of ipvlans, or a port of a bridge. Whichever Pod comes first wins,
    and the ADDs of the other network fail with "device or resource busy".
    """,
    example: networks(
      """
        fast: {chain: [{type: macvlan, master: eth1}]}
        slow: {chain: [{type: ipvlan, master: eth1}]}
      """, attach: ["fast", "slow"]),
    mending: [("ipvlan, master: eth1", "macvlan, master: eth1")],
    notes: """
      Several macvlans, or several ipvlans, may share a master; only one with `mode: passthru` wants it alone. VLANs on the interface
      (`eth1.10`, `eth1.20`) are masters of their own.
      """)

  static let mtuOverMaster = FindingPage(
    """
    The MTU is larger than that of the interface below, as far as the policy tells it. The kernel refuses a macvlan, ipvlan or
    VLAN like that. An attachment above its network's MTU loses large packets on the way: small requests work and large
    answers hang, which is hard to find on a running node.
    """,
    example: networks("  pods: {chain: [{type: bridge, mtu: 1500}]}").replacing(
      "{network: pods}", with: "{network: pods, mtu: 9000}"),
    mending: [("mtu: 1500", "mtu: 9000")],
    notes: "The MTU of the node's own interfaces is not known here; `braidctl try` finds out on the node.")

  static let externalConfiguration = FindingPage(
    """
    A key of a reference plugin has a value of another type, outside its range, or none of its words. The plugin is a program of
    its own, so that only it can say what it takes: most refuse such a value, and the ADD of every Pod with this network fails.
    """,
    example: networks("  pods: {chain: [{type: vlan, master: eth1, vlanId: 7, mtu: jumbo, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}"),
    mending: [("jumbo", "9000")],
    notes: """
      What is known is release 1.9 (docs/plugins.md): for a newer or patched plugin allow the finding with a comment that says so. In
      a runtime's list it stands as well where the reference plugin takes a value that Braid's own plugin of the name refuses, such
      as `ipMasq: true` of bridge.
      """)
}
