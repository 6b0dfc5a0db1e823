import JSON

extension Plugin {
  static let vlan = Plugin("vlan", .interface, facts: VLANFacts.facts) { VLANKeys.shape }
}

/// The keys of the reference's `vlan`.
private enum VLANKeys {
  static let shape = Shape.plugin(
    id: "plugin-vlan", name: "vlan", doc: "An interface for one VLAN on top of one of the node's interfaces.",
    keys: CommonKeys.with(
      [
        Key(
          name: "master", type: .text(.interfaceName), isRequired: true, doc: "The interface that carries the VLAN.",
          example: "eth1"),
        Key(name: "vlanId", type: .integer(0...4094), doc: "The VLAN, 0 to 4094.", example: "100"), CommonKeys.mtuOnMaster.key,
        CommonKeys.linkInContainer.key,
      ] + CommonKeys.interface))
}

/// The facts of `vlan`.
private enum VLANFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    facts.link = .master(configuration)
    if let vlan = configuration.value(named: "vlanId")?.int, vlan != 0 { facts.notes.append("VLAN \(vlan)") }
    facts.mtu = configuration.mtu
    // Nobody knows which machines are in the VLAN.
    facts.reachesNeighbours = false
    return facts
  }
}
