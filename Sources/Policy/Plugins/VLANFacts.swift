import JSON

/// The facts of `vlan`.
enum VLANFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.link = .master(configuration)
    if let vlan = configuration.value(named: "vlanId")?.int, vlan != 0 { facts.notes.append("VLAN \(vlan)") }
    facts.mtu = configuration.mtu
    // Who is in the VLAN is not known.
    facts.reachesNeighbours = false
    return facts
  }
}
