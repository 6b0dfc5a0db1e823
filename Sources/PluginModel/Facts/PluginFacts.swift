import CNI
import JSON
import NetworkTypes

/// What a plugin's configuration says about the network that it is for, read without a node.
///
/// Facts are read as far as the configuration can be read: a key with a wrong value counts as absent. Paths of keys start at the
/// plugin's own object, for an IPAM plugin at the mapping under `ipam`.
package struct PluginFacts: Sendable {
  /// The link that the plugin works on. Nil where it uses none, or where its keys are not known.
  package var link: Link?
  /// The interface's MTU in bytes. Nil where the plugin takes its default.
  package var mtu: Int?
  /// What a reader of a picture looks for beside link and MTU, such as "VLAN 100".
  package var notes: [String] = []
  /// The default routes that the plugin brings.
  package var defaultRoutes: DefaultRoutes
  /// The changes of keys that take away the default routes of its own and nothing else; empty where it brings none.
  package var withoutDefaultRoutes: [Change] = []
  /// Whether the gateway of its addresses can be there. False where the plugin would have to set the gateway's address, and is not
  /// told to.
  package var mayHaveGateway = true
  /// Whether a neighbour on the link answers the Pod. False where that is not known.
  package var reachesNeighbours = false
  /// Whether the plugin reads `ipam`.
  package var readsIPAM = true
  /// The key that moves the directory in which the plugin keeps state. Nil where it keeps none, or where that is not known.
  package var stateDirectoryKey: String?
  /// Keys whose values Braid's own plugin refuses, because it cannot do yet what they ask for.
  package var notBuilt: [NotBuilt] = []
  /// The addresses that an IPAM plugin gives. Nil for other plugins, and where they are not known.
  package var addresses: Addresses?
  /// Whether an IPAM plugin keeps its reservations under the network's name: under another name it gives the same addresses again.
  package var reservesUnderNetworkName = false

  /// The facts of a plugin that stands on no link and keeps no state.
  package init(defaultRoutes: DefaultRoutes = .ofIPAM) { self.defaultRoutes = defaultRoutes }
}

extension PluginFacts {
  /// Which default routes a plugin brings by itself.
  package enum DefaultRoutes: Sendable {
    /// None of its own, only those that its IPAM gives.
    case ofIPAM
    /// One for each family of its addresses.
    case allFamilies
    /// One for each of these families.
    case families(Set<AddressFamily>)
    case unknown
  }

  /// A key with the value that it gets; nil removes it.
  package struct Change: Sendable {
    package let key: String
    package let value: JSON?
  }

  /// A key that is set and that Braid's own plugin cannot obey yet.
  package struct NotBuilt: Sendable {
    /// The key as the configuration writes it.
    package let key: String
    /// Why it cannot be kept, and what to do instead; without a full stop.
    package let text: String
  }

  /// The addresses that an IPAM plugin gives.
  package enum Addresses: Sendable {
    /// Sets of ranges: an interface gets one address of each set.
    case pools([[DeclaredRange]])
    /// The same addresses for every interface; empty where only the attachment says them. `key` is their place.
    case fixed([FixedAddress], key: ConfigurationError.KeyPath)
  }

  /// An address that stands in the configuration.
  package struct FixedAddress: Sendable {
    package let cidr: CIDR
    package let gateway: IPAddress?
  }

  /// The facts of a plugin whose configuration says none of them.
  @Sendable static func ofNothing(_ configuration: JSONObject) -> PluginFacts { PluginFacts(defaultRoutes: .unknown) }

  /// The facts of Braid itself, which has neither chain nor IPAM of its own.
  @Sendable static func ofBraid(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.readsIPAM = false
    return facts
  }

  /// The facts of a plugin whose keys are not known, read from the keys that many plugins share.
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

extension PluginFacts.DefaultRoutes {
  /// Those among the `routes` of an IPAM plugin.
  static func ofRoutes(_ configuration: JSONObject) -> Self {
    let routes = configuration.value(named: "routes")?.array ?? []
    let destinations = routes.compactMap { $0.object?.value(named: "dst")?.string.flatMap { try? CIDR($0) } }
    return .families(Set(destinations.filter { $0.prefixLength == 0 }.map(\.family)))
  }
}

extension JSONObject {
  /// The text of a key. Nil where it is empty, absent or no text.
  func filledText(_ key: String) -> String? { value(named: key)?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether a key is `true`.
  func isTrue(_ key: String) -> Bool { value(named: key)?.bool == true }

  /// The address of a key, as far as it can be read.
  func address(_ key: String) -> IPAddress? { value(named: key)?.string.flatMap { try? IPAddress($0) } }

  /// The key `mtu` in bytes; 0 stands for the plugin's default.
  var mtu: Int? { value(named: "mtu")?.int.flatMap { $0 > 0 ? $0 : nil } }
}
