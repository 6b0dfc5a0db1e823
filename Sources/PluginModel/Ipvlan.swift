import JSON

extension Plugin {
  static let ipvlan = Plugin("ipvlan", .interface, facts: IPVLANFacts.facts) { IpvlanKeys.shape }
}

/// The keys of the reference's `ipvlan`.
private enum IpvlanKeys {
  static let shape = Shape.plugin(
    id: "plugin-ipvlan", name: "ipvlan",
    doc: "An interface on top of one of the node's. It has addresses of its own and shares the hardware address.",
    keys: CommonKeys.with(
      [
        Key(
          name: "master", type: .text(.emptyOr(.interfaceName)),
          doc: "The interface below. Default: that of the default route.", example: "eth1"),
        Key(
          name: "mode", type: .text(.emptyOr(.oneOf(["l2", "l3", "l3s"]))),
          doc: "Whether the node switches (`l2`) or routes (`l3`; `l3s` also tracks connections). Default: `l2`.",
          example: "l2"),
        CommonKeys.mtuOnMaster.key, CommonKeys.linkInContainer.key,
      ] + CommonKeys.interface))
}

/// The facts of `ipvlan`.
private enum IPVLANFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    let mode = configuration.filledText("mode")
    facts.link = .master(configuration, claim: .init(kind: "an ipvlan master", isExclusive: false))
    if let mode { facts.notes.append("mode \(mode)") }
    facts.mtu = configuration.mtu
    // At layer 3 there is no neighbour discovery.
    facts.reachesNeighbours = mode == nil || mode == "l2"
    return facts
  }
}
