import JSON

extension Plugin {
  static let sbr = Plugin("sbr", .chained, facts: PluginFacts.ofSBR) { SBRKeys.shape }
}

extension PluginFacts {
  /// The facts of the reference's `sbr`. With `table` it adds rules only.
  static func ofSBR(_ configuration: JSONObject) -> PluginFacts {
    var facts = ofMover(configuration)
    facts.movesRoutes = configuration.value(named: "table") == nil
    return facts
  }
}

/// The keys of the reference's `sbr`.
private enum SBRKeys {
  static let shape = Shape.plugin(
    id: "plugin-sbr", name: "sbr",
    doc: "Source routing: a packet leaves the Pod through the interface that has the packet's source address.",
    keys: CommonKeys.with([
      Key(
        name: "table", type: .integer(0...0x7fff_ffff),
        doc:
          "The routing table of the rules. The plugin then leaves its routes to you. Default: a free table from 100 on, which gets "
          + "the interface's routes.", example: "100"),
      Key(
        name: "gateways", type: .list(.text(.address), atLeast: 0),
        doc:
          "The next hops instead of those that IPAM names, at most one a family. Only releases after 1.9 read it.",
        example: "[10.1.0.1]"),
      Key(
        name: "addSourceHints", type: .boolean,
        doc:
          "Whether the main table keeps the routes to the subnets, with their source address. Only releases after 1.9 read it. "
          + "Default: false.", example: "true"),
    ]))
}
