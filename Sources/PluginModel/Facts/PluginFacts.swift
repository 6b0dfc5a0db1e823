import CNI
import JSON
import NetworkTypes

/// What a plugin's configuration tells about its network without looking at a node.
///
/// A key with a wrong value counts as absent: validation reports it elsewhere. Paths of keys start at the plugin's own object;
/// those of an IPAM plugin start at the mapping under `ipam`.
package struct PluginFacts: Sendable {
  /// The link that the plugin works on. Nil if it uses none, or if its keys are not known.
  package var link: Link?
  /// The interface's MTU in bytes. Nil stands for the plugin's default.
  package var mtu: Int?
  /// What `braidctl graph` shows beside link and MTU, such as "VLAN 100".
  package var notes: [String] = []
  /// The default routes that the plugin gives the Pod.
  package var defaultRoutes: DefaultRoutes
  /// The changes of keys that remove the plugin's own default routes and nothing else. Empty if the plugin adds none.
  package var withoutDefaultRoutes: [Change] = []
  /// Whether the gateway of the addresses can exist. False if the plugin itself would have to set the gateway's address and its
  /// configuration does not say so.
  package var mayHaveGateway = true
  /// Whether the plugin itself gives an address without a gateway one: the first address of its network.
  package var makesGateway = false
  /// The link of the node that gets the gateways' addresses. Nil if the plugin sets none.
  package var gatewayLink: String?
  /// The destinations to which an IPAM plugin's routes lead without a next hop, whatever gateways there are.
  package var onLinkRoutes: [CIDR] = []
  /// Whether the plugin gives the Pod a route to the gateway, which may then be outside the Pod's network.
  package var routesToGateway = false
  /// Whether a neighbour on the link answers the Pod. False if that is not known.
  package var reachesNeighbours = false
  /// Whether the Pod's packets cannot come back to the Pod. It then does not reach itself through its own Service.
  package var lacksHairpin = false
  /// Whether the node has an end of the interface, at which it can limit the Pod's traffic. Nil if that is not known.
  package var hasNodeEnd: Bool?
  /// Whether the plugin reads `ipam`.
  package var readsIPAM = true
  /// The key that names the plugin's state directory. Nil if the plugin keeps no state, or if that is not known.
  package var stateDirectoryKey: String?
  /// Keys that Braid's own plugin refuses because the feature is not built yet.
  package var notBuilt: [NotBuilt] = []
  /// The addresses that an IPAM plugin gives. Nil for other plugins, and if the addresses are not known.
  package var addresses: Addresses?
  /// The routes of an IPAM plugin, without default routes.
  package var routes: [DeclaredRoute] = []
  /// Whether the plugin moves the interface's routes to another table.
  package var movesRoutes = false
  /// The families of the addresses that an IPAM plugin gives, if only they are known.
  package var families: Set<AddressFamily>?
  /// Whether an IPAM plugin keeps its reservations by the network's name. Then two networks with the same range give the same
  /// addresses twice.
  package var reservesUnderNetworkName = false

  /// The facts of a plugin that uses no link of the node and keeps no state.
  package init(defaultRoutes: DefaultRoutes = .ofIPAM) { self.defaultRoutes = defaultRoutes }
}

extension PluginFacts {
  /// Which default routes a plugin adds by itself.
  package enum DefaultRoutes: Sendable {
    /// None; the Pod gets only those of the IPAM plugin.
    case ofIPAM
    /// One for each family of its addresses.
    case allFamilies
    /// One for each of these families.
    case families(Set<AddressFamily>)
    case unknown
  }

  /// A change of one key: its new value, or nil to remove it.
  package struct Change: Sendable {
    package let key: String
    package let value: JSON?
  }

  /// A key that asks for a feature which Braid's own plugin does not have yet.
  package struct NotBuilt: Sendable {
    /// The key in the configuration's own spelling.
    package let key: String
    /// What is missing and what to do instead, without a full stop.
    package let text: String

    /// Nil if the configuration does not ask for the feature.
    init?(_ name: String, _ text: String, in configuration: JSONObject) {
      guard let member = configuration.member(named: name), member.value == .bool(true) else { return nil }
      (key, self.text) = (member.name, text)
    }

    init(key: String, text: String) { (self.key, self.text) = (key, text) }
  }

  /// The addresses that an IPAM plugin gives.
  package enum Addresses: Sendable {
    /// Sets of ranges. An interface gets one address from each set.
    case pools([[DeclaredRange]])
    /// The same addresses for every interface. Empty if only attachments name addresses. `key` is the path of the list.
    case fixed([FixedAddress], key: ConfigurationError.KeyPath)
  }

  /// One address that the configuration itself names.
  package struct FixedAddress: Sendable {
    package let cidr: CIDR
    package let gateway: IPAddress?
    /// The paths of the address's and the gateway's key.
    package let addressKey: ConfigurationError.KeyPath
    package let gatewayKey: ConfigurationError.KeyPath
  }

  /// A route that an IPAM plugin's configuration names, and the path of its destination.
  package struct DeclaredRoute: Sendable {
    package let key: CNIResult.Route.Key
    package let path: ConfigurationError.KeyPath
  }

  /// The facts of a plugin that moves routes to another table, and whose configuration tells nothing else.
  @Sendable static func ofMover(_ configuration: JSONObject) -> PluginFacts {
    var facts = ofNothing(configuration)
    facts.movesRoutes = true
    return facts
  }

  /// The facts of a plugin whose configuration tells nothing.
  @Sendable static func ofNothing(_ configuration: JSONObject) -> PluginFacts { PluginFacts(defaultRoutes: .unknown) }

  /// The facts of Braid itself, which reads no `ipam`.
  @Sendable static func ofBraid(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.readsIPAM = false
    return facts
  }

  /// The facts of an unknown plugin, guessed from keys that have the same meaning in many plugins.
  @Sendable package static func byConvention(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.link = Link(.bridge, key: "bridge", in: configuration) ?? Link(.master, key: "master", in: configuration)
    if let vlan = configuration.value(named: "vlan")?.int ?? configuration.value(named: "vlanId")?.int, vlan != 0 {
      facts.notes.append("VLAN \(vlan)")
    }
    if let mode = configuration.filledText("mode") { facts.notes.append("mode \(mode)") }
    facts.mtu = configuration.mtu
    facts.stateDirectoryKey = configuration.member(named: "dataDir")?.name
    return facts
  }
}

extension PluginFacts {
  /// The destinations among the `routes` of an IPAM plugin that have link scope.
  static func onLinkRoutes(_ configuration: JSONObject) -> [CIDR] {
    (configuration.value(named: "routes")?.array ?? []).compactMap { route in
      guard let route = route.object, route.value(named: "scope")?.int == CNIResult.Route.linkScope else { return nil }
      return route.value(named: "dst")?.string.flatMap { try? CIDR($0) }
    }
  }
}

extension PluginFacts.DefaultRoutes {
  /// The default routes among the `routes` of an IPAM plugin.
  static func ofRoutes(_ configuration: JSONObject) -> Self {
    let routes = configuration.value(named: "routes")?.array ?? []
    let destinations = routes.compactMap { $0.object?.value(named: "dst")?.string.flatMap { try? CIDR($0) } }
    return .families(Set(destinations.filter { $0.prefixLength == 0 }.map(\.family)))
  }
}

extension [PluginFacts.DeclaredRoute] {
  /// The `routes` of an IPAM plugin that lead to a part of the addresses.
  static func ofRoutes(_ configuration: JSONObject) -> Self {
    (configuration.value(named: "routes")?.array ?? []).enumerated().compactMap { i, item in
      guard let route = item.object, let dst = route.value(named: "dst")?.string.flatMap({ try? CIDR($0) }),
        dst.prefixLength > 0
      else { return nil }
      let key = CNIResult.Route.Key(
        dst, table: route.value(named: "table")?.int, priority: route.value(named: "priority")?.int)
      return .init(key: key, path: .init("routes").appending(i).appending("dst"))
    }
  }
}

extension JSONObject {
  /// The text of a key. Nil if the key is absent, empty or not a text.
  func filledText(_ key: String) -> String? { value(named: key)?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether a key is `true`.
  func isTrue(_ key: String) -> Bool { value(named: key)?.bool == true }

  /// The address of a key. Nil if the key is absent or not an address.
  func address(_ key: String) -> IPAddress? { value(named: key)?.string.flatMap { try? IPAddress($0) } }

  /// The key `mtu` in bytes. Nil if it is absent or 0, which stands for the plugin's default.
  var mtu: Int? { value(named: "mtu")?.int.flatMap { $0 > 0 ? $0 : nil } }
}
