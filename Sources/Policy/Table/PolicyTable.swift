import PluginModel

/// The keys of a policy file: with `AttachTable` and `MatchTable` the one place where they are declared.
enum PolicyTable {
  static let policy = Shape(
    id: "policy", name: "a policy", doc: "A Braid policy: the networks of a node and the rules that give them to Pods.",
    keys: [
      Key(
        name: "apiVersion", type: .text(.policy(.apiVersion)), isRequired: true, doc: "The version of this format: `braid/v1`."),
      Key(name: "kind", type: .text(.policy(.kind)), isRequired: true, doc: "`Policy`."),
      Key(
        name: "networks", type: .map(keys: .policy(.networkName), .object(network)),
        doc: "The networks by name. The name is the `name` that the delegates get, so that IPAM keeps its addresses under it.",
        example: "{pods: {chain: [{type: bridge}]}}"),
      Key(
        name: "rules", type: .list(.object(rule), atLeast: 0),
        doc: "Which Pods get which networks. They are tried in order, and the first that matches wins. "
          + "A Pod that no rule matches is refused.", example: "[{name: everyone, attach: [{network: pods}]}]"),
      Key(
        name: "requests", type: .list(.object(request), atLeast: 0),
        doc: "Which networks Pods may ask for themselves, with the annotations `k8s.v1.cni.cncf.io/networks` and "
          + "`v1.multus-cni.io/default-network`. Without an entry, none: a Pod that asks all the same is refused.",
        example: "[{namespaces: [\"*\"], networks: [storage]}]"),
    ])

  static let network = Shape(
    id: "network", name: "a network", doc: "A chain of plugins; run once for a Pod, it gives one interface.",
    keys: [
      Key(
        name: "chain", type: .list(.object(chainEntry), atLeast: 1), isRequired: true,
        doc: "The plugins in their order, each as in the `plugins` of a CNI configuration list.", example: "[{type: bridge}]",
        aliases: ["plugins", "delegates"]),
      Key(
        name: "cniVersion", type: .text(.policy(.specVersion)),
        doc: "The CNI version that the delegates of this network are called with. Default: `1.0.0`.", example: "\"1.0.0\""),
      Key(name: "disableCheck", type: .boolean, doc: "Whether CHECK passes this network over. Default: false."),
      Key(name: "disableGC", type: .boolean, doc: "Whether GC passes this network over. Default: false."),
    ])

  static let chainEntry = Shape(
    id: "chainEntry", name: "a chain entry",
    doc:
      "The configuration of one plugin, with the keys that the plugin documents. Keys that Braid does not know are passed on as they are.",
    keys: [
      Key(
        name: "type", type: .text(.policy(.pluginType)), isRequired: true,
        doc: "The plugin: one that is built in (\(CommonKeys.builtIn(Plugin.chain))), or the name of an executable on CNI_PATH.")
    ], isOpen: true, plugins: Plugin.chain)

  static let rule = Shape(
    id: "rule", name: "a rule", doc: "Which Pods get which networks.",
    keys: [
      Key(
        name: "name", type: .text(.policy(.ruleName)), isRequired: true,
        doc: "What messages call the rule; unique in the policy.",
        example: "everyone"),
      Key(
        name: "match", type: .object(MatchTable.match),
        doc: "What a Pod must be. Everything that is given must hold; without `match` every Pod matches.",
        example: "{namespaces: [db]}", aliases: ["selector", "when"]),
      Key(
        name: "attach", type: .list(.object(AttachTable.attach), atLeast: 1), isRequired: true,
        doc: "The interfaces of the Pod, in their order. The first is the runtime's: its name is CNI_IFNAME, usually `eth0`.",
        example: "[{network: pods}]", aliases: ["networks", "interfaces", "attachments"]),
    ])

  static let request = Shape(
    id: "request", name: "a request", doc: "Which networks the Pods of some namespaces may ask for.",
    keys: [
      Key(
        name: "namespaces", type: .list(.text(.policy(.nameGlob)), atLeast: 1), isRequired: true,
        doc: "Patterns, one of which the Pod's namespace must match.", example: "[db, \"db-*\"]"),
      Key(
        name: "networks", type: .list(.text(.policy(.networkName)), atLeast: 1), isRequired: true,
        doc: "The networks that may be asked for.", example: "[storage]"),
    ])
}
