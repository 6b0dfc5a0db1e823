extension FindingPage {
  static let severalDefaultRoutes = FindingPage(
    """
    Two attachments of one rule claim the default route of the same address family. A Pod has one default route per family,
    and Braid does not guess which of the two you meant.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, defaultRoute: true}, {network: storage, defaultRoute: true}]}"),
    mending: [("{network: storage, defaultRoute: true}", "{network: storage}")],
    notes: "One attachment may say `defaultRoute: ipv4` and another `defaultRoute: ipv6`.")

  static let duplicateInterface = FindingPage(
    """
    Two attachments of a rule would have the same interface name in the Pod, or one of them is called `lo`, which every Pod
    has already. The kernel would refuse the second interface. An attachment without `interface` is named after its position:
    the second is `net1`, the third is `net2`.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods}, {network: storage, interface: net2}, {network: storage}]}"),
    mending: [("interface: net2", "interface: net1")])

  static let interfaceOfRuntime = FindingPage(
    """
    The runtime decides the name of a Pod's first interface (CNI_IFNAME, usually `eth0`), and looks for that name in the
    answer. The first attachment gets this name, so the policy cannot give it another one.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, interface: eth0}]}", storage: false),
    mending: [(", interface: eth0", "")])

  static let firstOutOfResult = FindingPage(
    """
    The runtime takes the Pod's IP from the first interface in the answer. If that interface were missing there, the Pod would
    have no IP in Kubernetes, and containerd would stop the Pod again.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, inResult: false}, {network: storage}]}"),
    mending: [("{network: pods, inResult: false}, {network: storage}", "{network: pods}, {network: storage, inResult: false}")])

  static let capability = FindingPage(
    """
    The attachment asks for something that no plugin of the network's chain can do. CNI would ignore the request without a
    message, and the Pod would run without its port, its address or its limit. So Braid refuses the policy.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods, portMappings: [{hostPort: 80, containerPort: 8080}]}]}", storage: false),
    mending: [("subnet: 10.1.0.0/16}}]}", "subnet: 10.1.0.0/16}}, {type: portmap}]}")],
    notes: """
      Braid knows which requests the reference plugins take. For a plugin of your own, declare them: `capabilities:
      {portMappings: true}`. To keep a request from a plugin, write `capabilities: {mac: false}`.
      """)

  static let burstWithoutRate = FindingPage(
    """
    A burst says how much may pass at once before the rate limits it, but here is no rate. The plugin `bandwidth` refuses such
    a burst at the ADD.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: bandwidth}]}").replacing(
      "{network: pods}", with: "{network: pods, bandwidth: {ingressBurst: 1000000}}"),
    mending: [("{ingressBurst: 1000000}", "{ingressRate: 8000000, ingressBurst: 1000000}")])

  static let duplicateHostPort = FindingPage(
    """
    One port of the node leads to two ports of the Pod. A packet can only go to one of them, and the order of the firewall's
    rules would decide to which.
    """,
    example: networks("  pods: {chain: [{type: bridge}, {type: portmap}]}").replacing(
      "{network: pods}",
      with: "{network: pods, portMappings: [{hostPort: 80, containerPort: 8080}, {hostPort: 80, containerPort: 9090}]}"),
    mending: [("{hostPort: 80, containerPort: 9090}", "{hostPort: 90, containerPort: 9090}")],
    notes: "The same port may occur twice with a different `protocol` or a different `hostIP`.")

  static let tooManyAttachments = FindingPage(
    """
    A rule attaches more than 64 networks to a Pod. The limit bounds how much one ADD has to hold and to undo. Networks that a
    Pod asks for itself have the same limit.
    """,
    notes: """
      The usual cause is a list that was generated or pasted twice. A workload that really needs so many networks is better
      served by one trunk with VLANs.
      """)

  static let unaskableNetwork = FindingPage(
    """
    The policy lets Pods ask for a network whose name cannot stand in their annotation: there, names consist of lower-case
    letters, digits and `-`. A Pod that tries is refused.
    """,
    example: networks(usual + "\n  Storage: {chain: [{type: macvlan, master: eth1}]}") + """
      requests:
        - {namespaces: ["*"], networks: [Storage]}
      """,
    mending: [("Storage", "storage")],
    notes: """
      A dot separates a namespace from a name: a Pod gets `team.storage` if it asks for `team/storage`, or for `storage` in
      the namespace `team`.
      """)
}
