/// The keys of a policy file: the one place where they are declared.
enum PolicyTable {
  static let policy = Shape(
    name: "a policy", doc: "A Braid policy: the networks of a node and the rules that give them to Pods.",
    keys: [
      Key(name: "apiVersion", type: .text(.apiVersion), isRequired: true, doc: "The version of this format: `braid/v1`."),
      Key(name: "kind", type: .text(.kind), isRequired: true, doc: "`Policy`."),
      Key(
        name: "networks", type: .map(keys: .networkName, .object(network)),
        doc: "The networks by name. The name is the `name` that the delegates get, so that IPAM keeps its addresses under it."),
      Key(
        name: "rules", type: .list(.object(rule), atLeast: 0),
        doc: "Which Pods get which networks. They are tried in order, and the first that matches wins."),
      Key(
        name: "requests", type: .list(.object(request), atLeast: 0),
        doc: "Which networks a Pod may ask for itself, with the annotation `k8s.v1.cni.cncf.io/networks`. Without an entry, none."
      ),
    ])

  static let network = Shape(
    name: "a network", doc: "A chain of plugins; run once for a Pod, it gives one interface.",
    keys: [
      Key(
        name: "chain", type: .list(.object(chainEntry), atLeast: 1), isRequired: true,
        doc: "The plugins in their order, each as in the `plugins` of a CNI configuration list."),
      Key(
        name: "cniVersion", type: .text(.specVersion),
        doc: "The CNI version that the delegates of this network are called with, for those that do not know a newer one. "
          + "Default: that of Braid's own configuration."),
      Key(name: "disableCheck", type: .boolean, doc: "Whether CHECK passes this network over. Default: false."),
      Key(name: "disableGC", type: .boolean, doc: "Whether GC passes this network over. Default: false."),
    ])

  static let chainEntry = Shape(
    name: "a chain entry",
    doc:
      "The configuration of one plugin, with the keys that the plugin documents. Keys that Braid does not know are passed on as they are.",
    keys: [
      Key(
        name: "type", type: .text(.pluginType), isRequired: true,
        doc: "The plugin: one that is built in (`bridge`, `macvlan`, `loopback`), or the name of an executable on CNI_PATH.")
    ], isOpen: true)

  static let rule = Shape(
    name: "a rule", doc: "Which Pods get which networks.",
    keys: [
      Key(name: "name", type: .text(.ruleName), isRequired: true, doc: "What messages call the rule; unique in the policy."),
      Key(
        name: "match", type: .object(match),
        doc: "What a Pod must be. Everything that is given must hold; without `match` every Pod matches."),
      Key(
        name: "attach", type: .list(.object(attach), atLeast: 1), isRequired: true,
        doc: "The interfaces of the Pod, in their order. The first is the runtime's: its name is CNI_IFNAME, usually `eth0`."),
    ])

  static let match = Shape(
    name: "a match", doc: "What a Pod must be for a rule.",
    keys: [
      Key(
        name: "namespaces", type: .list(.text(.nameGlob), atLeast: 1),
        doc: "Patterns, one of which the Pod's namespace must match. `*` stands for any characters, `?` for one."),
      Key(name: "pods", type: .list(.text(.nameGlob), atLeast: 1), doc: "Patterns, one of which the Pod's name must match."),
      Key(
        name: "annotations", type: .map(keys: .annotationKey, .text(.valueGlob)),
        doc: "Annotations that the Pod must have, each with a pattern for its value: `\"*\"` where any value will do."),
    ])

  static let attach = Shape(
    name: "an attachment", doc: "One interface of the Pod.",
    keys: [
      Key(name: "network", type: .text(.networkName), isRequired: true, doc: "A network of this policy."),
      Key(
        name: "interface", type: .text(.interfaceName),
        doc: "The interface's name in the Pod. Default: `net` and the position in the list, the second entry being `net1`. "
          + "Not for the first entry, which has the runtime's name."),
      Key(
        name: "defaultRoute", type: .boolean,
        doc:
          "Whether the default routes of this attachment are the Pod's; those of the others are not installed. Default: the first entry's are."
      ),
    ])

  static let request = Shape(
    name: "a request", doc: "Which networks the Pods of some namespaces may ask for.",
    keys: [
      Key(
        name: "namespaces", type: .list(.text(.nameGlob), atLeast: 1), isRequired: true,
        doc: "Patterns, one of which the Pod's namespace must match."),
      Key(
        name: "networks", type: .list(.text(.networkName), atLeast: 1), isRequired: true,
        doc: "The networks that may be asked for."),
    ])
}
