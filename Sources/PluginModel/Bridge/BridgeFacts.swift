import JSON

/// The facts of `bridge`.
enum BridgeFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = true
    facts.link = PluginFacts.Link(
      name: configuration.filledText("bridge") ?? "cni0", role: .bridge, key: .init("bridge"),
      claim: .init(kind: "a bridge", isExclusive: false))
    if let vlan = configuration.value(named: "vlan")?.int, vlan != 0 { facts.notes.append("VLAN \(vlan)") }
    facts.mtu = configuration.mtu
    let isDefaultGateway = configuration.isTrue("isDefaultGateway")
    facts.defaultRoutes = isDefaultGateway ? .allFamilies : .ofIPAM
    if isDefaultGateway {
      // isDefaultGateway implies isGateway: removing the one must not take away the other.
      facts.withoutDefaultRoutes = [.init(key: "isDefaultGateway", value: nil), .init(key: "isGateway", value: true)]
    }
    // The bridge gets the gateway's address only if one of these keys is set.
    facts.mayHaveGateway = isDefaultGateway || configuration.isTrue("isGateway")
    facts.makesGateway = facts.mayHaveGateway
    if facts.mayHaveGateway, let bridge = facts.link?.name {
      let vlan = configuration.value(named: "vlan")?.int ?? 0
      facts.gatewayLink = vlan == 0 ? bridge : "\(bridge).\(vlan)"
    }
    facts.reachesNeighbours = true
    facts.lacksHairpin = !configuration.isTrue("hairpinMode") && !configuration.isTrue("promiscMode")
    facts.notBuilt = [
      .backend("ipMasqBackend", in: configuration),
      .init("macspoofchk", "the built-in bridge does not check for spoofed MAC addresses yet", in: configuration),
    ].compactMap { $0 }
    return facts
  }
}
