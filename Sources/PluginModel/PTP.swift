import JSON

extension Plugin {
  static let ptp = Plugin("ptp", .interface, facts: PTPFacts.facts) { PTPKeys.shape }
}

/// The keys of the reference's `ptp`.
private enum PTPKeys {
  static let shape = Shape.plugin(
    id: "plugin-ptp", name: "ptp", doc: "A veth pair between the Pod and the node, which routes for it.",
    keys: CommonKeys.with(
      [
        Key(
          name: "ipMasq", type: .boolean, doc: "Whether what leaves the node gets the node's address. Default: false.",
          example: "true"),
        CommonKeys.ipMasqBackend, CommonKeys.mtu.key,
      ] + CommonKeys.interface))
}

/// The facts of `ptp`.
private enum PTPFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.mtu = configuration.mtu
    // The node is the neighbour, and it has the gateway's address.
    facts.reachesNeighbours = true
    return facts
  }
}
