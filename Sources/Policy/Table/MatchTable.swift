import PluginModel

/// The keys of a rule's `match`.
enum MatchTable {
  static let match = Shape(
    id: "match", name: "a match", doc: "The conditions that a Pod must meet for the rule. All of them must hold.",
    keys: conditions + [
      Key(
        name: "not", type: .either([.object(exclusion), .list(.object(exclusion), atLeast: 1)]),
        doc:
          "Excludes Pods from the rule. A mapping excludes the Pods that meet all of its conditions. A list of mappings excludes "
          + "the Pods that one of them excludes.")
    ])

  static let exclusion = Shape(
    id: "exclusion", name: "a not", doc: "Excludes the Pods that meet all conditions in it.",
    keys: conditions)

  private static let conditions = [
    Key(
      name: "namespaces", type: .list(.text(.policy(.nameGlob)), atLeast: 1),
      doc: "Patterns. The Pod's namespace must match one of them. `*` stands for any characters, `?` for one.",
      example: "[db, \"db-*\"]"),
    Key(
      name: "pods", type: .list(.text(.policy(.nameGlob)), atLeast: 1),
      doc: "Patterns. The Pod's name must match one of them.",
      example: "[\"postgres-*\"]"),
    Key(
      name: "annotations", type: .map(keys: .policy(.valueKey), value),
      doc: "Conditions on annotations of the Pod, by name. Braid gets the annotations through the capability "
        + "`io.kubernetes.cri.pod-annotations`, which the runtime's configuration of Braid must declare.",
      example: "{example.com/tier: data}"),
    Key(
      name: "labels", type: .map(keys: .policy(.valueKey), value),
      doc:
        "Conditions on labels of the Pod, by name. Braid knows only the labels that the runtime puts into `args.cni.labels`. "
        + "containerd and CRI-O do not do that.",
      example: "{app: shop}"),
    Key(
      name: "arguments", type: .map(keys: .policy(.valueKey), value),
      doc: "Conditions on other keys of CNI_ARGS, by name, for runtimes that do not belong to Kubernetes.",
      example: "{JOB: \"build-*\"}"),
  ]

  /// A pattern, or a mapping with one key.
  private static let value = ValueType.either([.text(.policy(.valueGlob)), .object(valueMatch)])

  static let valueMatch = Shape(
    id: "valueMatch", name: "a condition on a value",
    doc: "A condition on a value that a pattern cannot express. It has exactly one of the keys.",
    keys: [
      Key(
        name: "exists", type: .boolean,
        doc: "`true`: the Pod must have the value, whatever it is. `false`: the Pod must not have it."),
      Key(
        name: "equals", type: .text(.value),
        doc: "The exact text that the value must have. `*`, `?` and `\\` have no special meaning here."),
    ], isChoice: true)
}
