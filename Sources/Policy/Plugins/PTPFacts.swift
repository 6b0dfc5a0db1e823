import JSON

/// The facts of `ptp`.
enum PTPFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.mtu = configuration.mtu
    // The node is the neighbour, and it has the gateway's address.
    facts.reachesNeighbours = true
    return facts
  }
}
