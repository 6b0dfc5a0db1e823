extension Plugin {
  static let sbr = Plugin("sbr", .chained) { SBRKeys.shape }
}

/// The keys of the reference's `sbr`.
private enum SBRKeys {
  static let shape = Shape.plugin(
    id: "plugin-sbr", name: "sbr", doc: "Source routing: answers leave the Pod by the interface whose address they have.",
    keys: CommonKeys.with([
      Key(
        name: "table", type: .integer(0...0x7fff_ffff),
        doc:
          "The routing table that the rules lead to, its routes being left to others. Default: a free one from 100 on, filled with the "
          + "interface's routes.", example: "100"),
      Key(
        name: "gateways", type: .list(.text(.address), atLeast: 0),
        doc:
          "The next hop of each family instead of the one that IPAM names: at most one of each. Newer releases than 1.9 have it.",
        example: "[10.1.0.1]"),
      Key(
        name: "addSourceHints", type: .boolean,
        doc:
          "Whether the main table keeps the routes to the subnets, with their source address. Newer releases than 1.9 have it. "
          + "Default: false.", example: "true"),
    ]))
}
