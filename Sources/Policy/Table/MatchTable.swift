import PluginModel

/// The keys that say what a Pod must be.
enum MatchTable {
  static let match = Shape(
    id: "match", name: "a match", doc: "What a Pod must be for a rule. Everything that is given must hold.",
    keys: conditions + [
      Key(
        name: "not", type: .either([.object(exclusion), .list(.object(exclusion), atLeast: 1)]),
        doc:
          "What the Pod must not be: the rule passes over a Pod for which everything in here holds. A list of several passes over "
          + "a Pod for which one of them does.")
    ])

  static let exclusion = Shape(
    id: "exclusion", name: "a not", doc: "What a Pod must not be. It excludes the Pods for which everything in it holds.",
    keys: conditions)

  private static let conditions = [
    Key(
      name: "namespaces", type: .list(.text(.policy(.nameGlob)), atLeast: 1),
      doc: "Patterns, one of which the Pod's namespace must match. `*` stands for any characters, `?` for one.",
      example: "[db, \"db-*\"]"),
    Key(
      name: "pods", type: .list(.text(.policy(.nameGlob)), atLeast: 1), doc: "Patterns, one of which the Pod's name must match.",
      example: "[\"postgres-*\"]"),
    Key(
      name: "annotations", type: .map(keys: .policy(.valueKey), value),
      doc: "What annotations of the Pod must be, by name. They come by the capability `io.kubernetes.cri.pod-annotations`, "
        + "which the runtime's configuration of Braid must declare.", example: "{example.com/tier: data}"),
    Key(
      name: "labels", type: .map(keys: .policy(.valueKey), value),
      doc:
        "What labels of the Pod must be, by name. Only runtimes that put them into `args.cni.labels` make them known; containerd and CRI-O do not.",
      example: "{app: shop}"),
    Key(
      name: "arguments", type: .map(keys: .policy(.valueKey), value),
      doc: "What other keys of CNI_ARGS must be, by name: for runtimes that are not Kubernetes.", example: "{JOB: \"build-*\"}"),
  ]

  /// A pattern, or a mapping with one key.
  private static let value = ValueType.either([.text(.policy(.valueGlob)), .object(valueMatch)])

  static let valueMatch = Shape(
    id: "valueMatch", name: "a condition on a value",
    doc: "A condition on a value that a pattern cannot say: exactly one of the keys.",
    keys: [
      Key(
        name: "exists", type: .boolean,
        doc: "Whether the value must be there, whatever it is (true), or must not be there (false)."),
      Key(
        name: "equals", type: .text(.value),
        doc: "The very text that the value must be; `*`, `?` and `\\` stand for themselves here."),
    ], isChoice: true)
}
