extension FindingPage {
  static let unknownKey = FindingPage(
    """
    The policy has no such key at this place. It is an error since a key that nobody reads is a wish that nobody grants: `matches:`
    for `match:` would give a rule of one tenant to every Pod of the node.
    """,
    example: rules("  - {name: everyone, attach: [{netwrok: pods, network: pods}]}", storage: false),
    mending: [("netwrok: pods, ", "")],
    notes: """
      Keys are written exactly as in the reference, case included. Keys of plugins, in the entries of a chain, are another matter: they
      go to the plugin untouched, and are only warned about (BRD0208). With the JSON Schema (`braidctl schema`) editors offer the right keys.
      """)

  static let missingKey = FindingPage(
    """
    A key that must be there is not. There is no default that would be right: Braid cannot know which network an attachment
    means, or which plugin makes an interface.
    """,
    example: rules("  - {name: everyone, attach: [{defaultRoute: true}]}", storage: false),
    mending: [("{defaultRoute: true}", "{network: pods, defaultRoute: true}")])

  static let wrongType = FindingPage(
    """
    The value has another type than the key takes. YAML takes the type from the way a value is written: `1500` is a number and `"1500"` a
    text, `true` a boolean and `yes` a text, `5` cannot be a name while `"5"` can.
    """,
    example: rules(
      """
        - {name: databases, match: {namespaces: db}, attach: [{network: pods}]}
        - {name: everyone, attach: [{network: pods}]}
      """, storage: false),
    mending: [("namespaces: db", "namespaces: [db]")],
    notes:
      "The usual ones: a list is needed though it has one entry; a number as a name needs quotes; a boolean or number must have none."
  )

  static let invalidValue = FindingPage(
    """
    The value has the right type and cannot be what it is for: a name with a character that the kernel or CNI forbids, an address that
    is none, a word that the key does not know. The kernel would refuse it later, in the middle of an ADD.
    """,
    example: rules(
      "  - {name: everyone, attach: [{network: pods}, {network: storage, interface: storage-network-1}]}"),
    mending: [("storage-network-1", "storage1")],
    notes: """
      Interfaces have 1 to 15 bytes without `/`, `:` and white space. Patterns know `*` and `?` alone; list several patterns instead of `[ab]`
      or `{a,b}`. MAC addresses have six pairs of digits.
      """)

  static let unknownAPIVersion = FindingPage(
    """
    The policy is written for a version of the language that this release does not know. Reading it by the wrong rules could
    give Pods networks that nobody meant, so nothing is read.
    """,
    example: "apiVersion: braid/v2\nkind: Policy\nnetworks:\n\(usual)\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n",
    mending: [("braid/v2", "braid/v1")],
    notes: "Where the policy is really for a later Braid, bring that release to the node first.")

  static let unknownKind = FindingPage(
    """
    The file says that it is something else than a policy. It may be a Kubernetes manifest that got into the directory.
    """,
    example: "apiVersion: braid/v1\nkind: policy\nnetworks:\n\(usual)\nrules:\n  - {name: everyone, attach: [{network: pods}]}\n",
    mending: [("kind: policy", "kind: Policy")])

  static let emptyList = FindingPage(
    """
    The list has no entry, and that can mean two things: `namespaces: []` could be every namespace or none. A chain without plugins makes no
    interface, a rule without attachments would leave its Pods without a network.
    """,
    example: rules("  - {name: everyone, match: {namespaces: []}, attach: [{network: pods}]}", storage: false),
    mending: [("match: {namespaces: []}, ", "")],
    notes: "Leave the key out to match everything.")

  static let outOfRange = FindingPage(
    """
    The number is outside what the key can take. The limits are the kernel's or the protocol's: an MTU has 68 to 65535 bytes, a
    port is 1 to 65535. The kernel would refuse it in the middle of an ADD, or cut it to its lower bits.
    """,
    example: rules("  - {name: everyone, attach: [{network: pods, mtu: 67}]}", storage: false),
    mending: [("mtu: 67", "mtu: 1400")],
    notes: "Rates of `bandwidth` are bits per second, bursts are bits.")
}
