import JSON

/// The facts of `ipvlan`.
enum IPVLANFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    let mode = configuration.filledText("mode")
    facts.link = .master(configuration, claim: .init(kind: "an ipvlan master", isExclusive: false))
    if let mode { facts.notes.append("mode \(mode)") }
    facts.mtu = configuration.mtu
    // At layer 3 there is no neighbour.
    facts.reachesNeighbours = mode == nil || mode == "l2"
    return facts
  }
}
