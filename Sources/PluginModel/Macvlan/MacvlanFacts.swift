import JSON

/// The facts of `macvlan`.
enum MacvlanFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    let mode = configuration.filledText("mode")
    let isPassthru = mode == "passthru"
    facts.link = .master(
      configuration,
      claim: .init(kind: isPassthru ? "the master of a passthru macvlan" : "a macvlan master", isExclusive: isPassthru))
    if let mode { facts.notes.append("mode \(mode)") }
    facts.mtu = configuration.mtu
    facts.reachesNeighbours = true
    return facts
  }
}
