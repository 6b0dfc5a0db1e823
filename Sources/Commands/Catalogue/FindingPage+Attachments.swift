extension FindingPage {
  static let severalDefaultRoutes = FindingPage(
    """
    Two attachments of one rule own the default route of the same address family. A Pod has one per family; Braid does not guess which
    of them was meant.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, defaultRoute: true}, {network: storage, defaultRoute: true}]}"),
    mending: [("{network: storage, defaultRoute: true}", "{network: storage}")],
    notes: "`defaultRoute: ipv4` at one and `defaultRoute: ipv6` at another is fine.")

  static let duplicateInterface = FindingPage(
    """
    Two attachments of a rule would have the same interface name in the Pod, or one has the name `lo`, which every Pod has
    already. The kernel would refuse the second. An attachment without `interface` is named after its position: the second `net1`,
    the third `net2`.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods}, {network: storage, interface: net2}, {network: storage}]}"),
    mending: [("interface: net2", "interface: net1")])

  static let interfaceOfRuntime = FindingPage(
    """
    The runtime decides the name of a Pod's first interface (CNI_IFNAME, mostly `eth0`), and looks for that name in the answer. The
    first attachment takes it, so no other name can be given to it here.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, interface: eth0}]}", storage: false),
    mending: [(", interface: eth0", "")])

  static let firstOutOfResult = FindingPage(
    """
    The runtime takes the Pod's IP from the first interface in the answer. Kept out of it, the Pod would have no IP in
    Kubernetes, and containerd would end the Pod again.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, inResult: false}, {network: storage}]}"),
    mending: [("{network: pods, inResult: false}, {network: storage}", "{network: pods}, {network: storage, inResult: false}")])

  static let capability = FindingPage(
    """
    The attachment asks for something that no plugin of the network's chain can do. CNI would drop it without a word, and a
    Pod would run without its port, its address or its limit; so Braid refuses.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods, portMappings: [{hostPort: 80, containerPort: 8080}]}]}", storage: false),
    mending: [("subnet: 10.1.0.0/16}}]}", "subnet: 10.1.0.0/16}}, {type: portmap}]}")],
    notes: """
      Of the reference plugins Braid knows what they take. A plugin of your own declares it: `capabilities: {portMappings: true}`.
      `capabilities: {mac: false}` takes one from a plugin.
      """)

  static let burstWithoutRate = FindingPage(
    """
    The burst says how much may pass at once before the rate holds, and there is no rate. The plugin `bandwidth` refuses that on
    ADD.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: bandwidth}]}").replacing(
      "{network: pods}", with: "{network: pods, bandwidth: {ingressBurst: 1000000}}"),
    mending: [("{ingressBurst: 1000000}", "{ingressRate: 8000000, ingressBurst: 1000000}")])

  static let duplicateHostPort = FindingPage(
    """
    One port of the node leads to two ports of the Pod. A packet can go to one only, and which one would depend on the order
    of rules in the firewall.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: portmap}]}").replacing(
      "{network: pods}",
      with: "{network: pods, portMappings: [{hostPort: 80, containerPort: 8080}, {hostPort: 80, containerPort: 9090}]}"),
    mending: [("{hostPort: 80, containerPort: 9090}", "{hostPort: 90, containerPort: 9090}")],
    notes: "The same port is fine with another `protocol`, or with another `hostIP`.")

  static let tooManyAttachments = FindingPage(
    """
    A rule attaches more than 64 networks to a Pod. The limit bounds what one ADD holds and undoes; a Pod that asks for
    networks itself has the same.
    """,
    notes:
      "Mostly a list was generated or pasted twice. Workloads that need that many networks are better served by one trunk with VLANs."
  )

  static let unaskableNetwork = FindingPage(
    """
    The policy lets Pods ask for a network whose name cannot stand in their annotation: names there are small letters, digits and `-`.
    A Pod that tries is refused.
    """,
    example: networks(usual + "\n  Storage: {chain: [{type: macvlan, master: eth1}]}") + """
      requests:
        - {namespaces: ["*"], networks: [Storage]}
      """,
    mending: [("Storage", "storage")],
    notes:
      "A dot divides a namespace from a name: `team.storage` is what `team/storage` asks for, and `storage` in the namespace `team`."
  )
}
