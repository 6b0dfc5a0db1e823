import PluginModel

/// The keys of a policy file. `AttachTable`, `MatchTable` and `RequestTable` have those of attachments, matches and
/// requests.
enum PolicyTable {
  static let policy = Shape(
    id: "policy", name: "a policy", doc: "A Braid policy: the networks of a node and the rules that give them to Pods.",
    keys: [
      Key(
        name: "apiVersion", type: .text(.policy(.apiVersion)), isRequired: true, doc: "The version of this format: `braid/v1`."),
      Key(name: "kind", type: .text(.policy(.kind)), isRequired: true, doc: "`Policy`."),
      Key(
        name: "networks", type: .map(keys: .policy(.networkName), .object(network)),
        doc: "The networks by name. The delegates get the name as `name`, and IPAM plugins keep their addresses under it.",
        example: "{pods: {chain: [{type: bridge}]}}"),
      Key(
        name: "rules", type: .list(.object(rule), atLeast: 0),
        doc: "Which Pods get which networks. Braid tries the rules in order and applies the first that matches. "
          + "It refuses a Pod that no rule matches.", example: "[{name: everyone, attach: [{network: pods}]}]"),
      Key(
        name: "requests", type: .list(.object(RequestTable.request), atLeast: 0),
        doc: "Which networks Pods may ask for, with the annotations `k8s.v1.cni.cncf.io/networks` and "
          + "`v1.multus-cni.io/default-network`. Braid refuses a Pod that asks for something that no entry allows.",
        example: "[{namespaces: [\"*\"], networks: [storage]}]"),
    ])

  static let network = Shape(
    id: "network", name: "a network", doc: "A chain of plugins. Running it once for a Pod makes one interface.",
    keys: [
      Key(
        name: "chain", type: .list(.object(chainEntry), atLeast: 1), isRequired: true,
        doc: "The plugins in their order, each written as in `plugins` of a CNI configuration list.",
        example: "[{type: bridge}]",
        aliases: ["plugins", "delegates"]),
      Key(
        name: "cniVersion", type: .text(.policy(.specVersion)),
        doc: "The CNI version for the delegates of this network. Default: `1.0.0`.", example: "\"1.0.0\""),
      Key(name: "disableCheck", type: .boolean, doc: "Whether CHECK skips this network. Default: false."),
      Key(name: "disableGC", type: .boolean, doc: "Whether GC skips this network. Default: false."),
      Key(
        name: "required", type: .boolean,
        doc:
          "Whether STATUS fails, and the runtime takes the node out of service, if the node cannot give this network. Default: false, "
          + "except for the networks of the first rule without `match`."),
      Key(
        name: "ignoreCapabilities", type: .list(.text(.oneOf(Capability.allCases.map(\.rawValue))), atLeast: 0),
        doc:
          "What the runtime may ask for although no plugin of the chain takes it, such as a container's `hostPort`. Without this key "
          + "Braid refuses such a Pod.", example: "[portMappings]"),
    ])

  static let chainEntry = Shape(
    id: "chainEntry", name: "a chain entry",
    doc:
      "The configuration of one plugin, with the plugin's keys. Braid passes on keys that it does not know.",
    keys: [
      Key(
        name: "type", type: .text(.policy(.pluginType)), isRequired: true,
        doc: "The plugin: a built-in one (\(CommonKeys.builtIn(Plugin.chain))), or the name of an executable on CNI_PATH.")
    ], isOpen: true, plugins: Plugin.chain)

  static let rule = Shape(
    id: "rule", name: "a rule", doc: "Which Pods get which networks.",
    keys: [
      Key(
        name: "name", type: .text(.policy(.ruleName)), isRequired: true,
        doc: "The rule's name for messages. It must be unique in the policy.",
        example: "everyone"),
      Key(
        name: "match", type: .object(MatchTable.match),
        doc: "The conditions that a Pod must meet. All of them must hold. Without `match` every Pod matches.",
        example: "{namespaces: [db]}", aliases: ["selector", "when"]),
      Key(
        name: "attach", type: .list(.object(AttachTable.attach), atLeast: 1), isRequired: true,
        doc: "The interfaces of the Pod, in their order. The runtime chooses the name of the first (CNI_IFNAME), usually `eth0`.",
        example: "[{network: pods}]", aliases: ["networks", "interfaces", "attachments"]),
    ])
}
