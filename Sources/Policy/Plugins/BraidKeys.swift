/// The keys of Braid's own configuration, in a runtime's list.
enum BraidKeys {
  static let braid = Shape.plugin(
    id: "plugin-braid", name: "braid", doc: "Braid itself. It stands in a runtime's configuration list, never in a policy.",
    keys: CommonKeys.with([
      Key(
        name: "policy", type: .text(.emptyOr(.absolutePath)),
        doc: "The policy: a file, or a directory of `*.yaml`. Default: `/etc/braid/policy.yaml`.",
        example: "/etc/braid/policy.yaml"),
      Key(
        name: "stateDir", type: .text(.emptyOr(.absolutePath)), doc: "Where the records are kept. Default: `/var/lib/cni/braid`.",
        example: "/var/lib/cni/braid"),
      Key(
        name: "timeLimit", type: .integer(1...600),
        doc: "Seconds for all executables of others that one operation runs. Default: 50.",
        example: "50"),
    ]))
}
