extension FindingPage {
  static let unknownKey = FindingPage(
    """
    The policy has no such key at this place. This is an error because an unknown key usually is a misspelt one, and its wish
    would not be fulfilled: with `matches:` instead of `match:`, a tenant's rule would apply to every Pod of the node.
    """,
    example: rules("  - {name: everyone, attach: [{netwrok: pods, network: pods}]}", storage: false),
    mending: [("netwrok: pods, ", "")],
    notes: """
      Write keys exactly as in the reference, including their case. Keys of plugins, in the entries of a chain, are different:
      they reach the plugin unchanged, and Braid only warns about them (BRD0208). With the JSON Schema (`braidctl schema`),
      editors offer the right keys.
      """)

  static let missingKey = FindingPage(
    """
    A required key is missing. No default would be right: Braid cannot know which network an attachment means, or which plugin
    makes an interface.
    """,
    example: rules("  - {name: everyone, attach: [{defaultRoute: true}]}", storage: false),
    mending: [("{defaultRoute: true}", "{network: pods, defaultRoute: true}")])

  static let wrongType = FindingPage(
    """
    The value has another type than the key takes. In YAML, the way a value is written decides its type: `1500` is a number
    and `"1500"` is a text, `true` is a boolean and `yes` is a text. A name can be `"5"`, but not `5`.
    """,
    example: rules(
      """
        - {name: databases, match: {namespaces: db}, attach: [{network: pods}]}
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [("namespaces: db", "namespaces: [db]")],
    notes: """
      The usual mistakes: a list is needed even for one entry; a number that serves as a name needs quotes; a boolean or a
      number must not have quotes.
      """)

  static let invalidValue = FindingPage(
    """
    The value has the right type but cannot serve its purpose: a name with a character that the kernel or CNI forbids, an
    address that is not one, a word that the key does not know. The kernel would refuse it later, in the middle of an ADD.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods}, {network: storage, interface: storage-network-1}]}"),
    mending: [("storage-network-1", "storage1")],
    notes: """
      Interface names have 1 to 15 bytes without `/`, `:`, `%`, white space and control characters. Patterns know only `*` and `?`: list several
      patterns instead of `[ab]` or `{a,b}`. MAC addresses have six pairs of digits.
      """)

  static let unknownAPIVersion = FindingPage(
    """
    The policy is written for a version of the language that this release does not know. If Braid read it by the wrong rules,
    it could give Pods networks that nobody meant. So Braid reads nothing of it.
    """,
    example: "apiVersion: braid/v2\nkind: Policy\nnetworks:\n\(usual)\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n",
    mending: [("braid/v2", "braid/v1")],
    notes: "If the policy really is for a later Braid, install that release on the node first.")

  static let unknownKind = FindingPage(
    """
    The file says that it is something other than a policy. Perhaps it is a Kubernetes manifest that got into the directory by
    mistake.
    """,
    example: "apiVersion: braid/v1\nkind: policy\nnetworks:\n\(usual)\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n",
    mending: [("kind: policy", "kind: Policy")])

  static let emptyList = FindingPage(
    """
    The list has no entry, and that can mean two things: `namespaces: []` could mean every namespace or none. A chain without
    plugins makes no interface, and a rule without attachments would leave its Pods without a network.
    """,
    example: rules("  - {name: everyone, match: {namespaces: []}, attach: [{network: pods}]}", storage: false),
    mending: [("match: {namespaces: []}, ", "")],
    notes: "To match everything, leave the key out.")

  static let outOfRange = FindingPage(
    """
    The number is outside the range of the key. The limits come from the kernel or the protocol: an MTU has 68 to 65535 bytes,
    a port is 1 to 65535. The kernel would refuse the number in the middle of an ADD, or cut off its upper bits.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, mtu: 67}]}", storage: false),
    mending: [("mtu: 67", "mtu: 1400")],
    notes: "Rates of `bandwidth` are in bits per second, bursts are in bits.")
}
