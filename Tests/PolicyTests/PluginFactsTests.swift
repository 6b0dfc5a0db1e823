import Diagnostics
import JSON
import NetworkTypes
import PluginModel
import Testing

@testable import Policy

/// The facts that plugins' configurations give without a node.
@Suite struct PluginFactsTests {
  private static let plugins = Plugin.all.map(\.type)

  private func facts(_ type: String, _ configuration: String = "{}") throws -> PluginFacts {
    Plugin.facts(of: type, try #require(JSON(parsing: configuration).object))
  }

  private func network(_ chain: String) throws -> Network {
    let text =
      "apiVersion: braid/v1\nkind: Policy\nnetworks: {n: {chain: \(chain)}}\nrules: [{name: r, attach: [{network: n}]}]\n"
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings)
    return try #require(policy?.networks.first, "\(findings.sorted.map(\.oneLine))")
  }

  // MARK: - Facts and keys agree

  /// The facts name exactly those keys as not built whose types say so.
  @Test(arguments: plugins) func whatIsNotBuilt(_ type: String) throws {
    let keys = Plugin.named(type)?.shape?.keys ?? []
    let falseOnly = keys.filter { if case .falseOnly = $0.type { true } else { false } }.map(\.name)
    let all = JSONObject(keys.map { .init($0.name, true) })
    #expect(Plugin.facts(of: type, all).notBuilt.map(\.key).sorted() == falseOnly.sorted())
    let none = JSONObject(keys.map { .init($0.name, false) })
    #expect(Plugin.facts(of: type, none).notBuilt.isEmpty)
  }

  @Test(arguments: plugins) func stateDirectories(_ type: String) throws {
    guard let shape = Plugin.named(type)?.shape else { return }
    #expect(try facts(type).stateDirectoryKey == shape.key("dataDir")?.name)
  }

  @Test(arguments: Plugin.chain.filter { $0.role == .interface }.map(\.type)) func whoReadsIPAM(_ type: String) throws {
    guard let shape = Plugin.named(type)?.shape else { return }
    let isRead = if case .object? = shape.key("ipam")?.type { true } else { false }
    #expect(try facts(type).readsIPAM == isRead)
  }

  /// The key that names the link, and `mtu`, are in the plugin's table of keys.
  @Test(arguments: plugins) func linksHaveKeys(_ type: String) throws {
    guard let shape = Plugin.named(type)?.shape else { return }
    let found = try facts(type, #"{"bridge": "a", "master": "b", "device": "c", "mtu": 1400, "linkInContainer": true}"#)
    if let link = found.link { #expect(shape.key(link.key.description) != nil) }
    if found.mtu != nil { #expect(shape.key("mtu") != nil) }
    if found.link?.role == .master { #expect(found.link?.isInContainer == (shape.key("linkInContainer") != nil)) }
  }

  @Test(arguments: plugins) func nothingOfWrongTypesIsRead(_ type: String) throws {
    let keys = ["bridge", "master", "device", "mtu", "vlan", "mode", "ipMasq", "isDefaultGateway", "subnet", "ranges", "routes"]
    for value in [JSON.null, .array([.null]), .object([:]), .number("1e99")] {
      let (wrong, none) = (Plugin.facts(of: type, JSONObject(keys.map { .init($0, value) })), try facts(type))
      #expect(wrong.link?.name == none.link?.name && wrong.mtu == nil && wrong.notes.isEmpty && wrong.notBuilt.isEmpty)
    }
  }

  // MARK: - Links

  @Test func links() throws {
    #expect(try facts("bridge").link?.name == "cni0" && facts("bridge", #"{"bridge": ""}"#).link?.name == "cni0")
    #expect(try facts("macvlan").link.map { $0.name == nil && $0.role == .master } == true)
    #expect(try facts("host-device").link == nil && facts("host-device", #"{"Device": "eth2"}"#).link?.role == .moved)
    #expect(try facts("ptp").link == nil)
    // A tap's bridge is in the Pod, so it is no link of the node.
    #expect(try network("[{type: tap, bridge: br0}]").nodeLink == nil)
    #expect(try network("[{type: vlan, master: eth1, linkInContainer: true}]").nodeLink == nil)
    #expect(try network("[{type: mine, master: eth1}]").nodeLink?.name == "eth1")
  }

  @Test func claims() throws {
    func claim(_ type: String, _ configuration: String = "{}") throws -> PluginFacts.Claim {
      try #require(facts(type, configuration).link?.claim)
    }
    let passthru = try claim("macvlan", #"{"mode": "passthru"}"#)
    #expect(try !claim("macvlan").excludes(claim("macvlan")) && passthru.excludes(passthru))
    #expect(try claim("macvlan").excludes(claim("ipvlan")) && claim("macvlan").excludes(passthru))
    #expect(try passthru.excludes(claim("bridge")) && facts("vlan").link?.claim == nil)
  }

  /// Networks share addresses only if they use the same link. An empty name means the default link.
  @Test func wires() throws {
    #expect(try network("[{type: bridge, bridge: ''}]").wire == "cni0")
    #expect(try network("[{type: macvlan, master: ''}]").wire == nil && network("[{type: macvlan, master: eth1}]").wire == "eth1")
    #expect(try network("[{type: vlan, master: eth1}]").wire == nil && network("[{type: mine, master: eth1}]").wire == nil)
  }

  @Test func neighbours() throws {
    #expect(try facts("bridge").reachesNeighbours && !facts("vlan").reachesNeighbours && !facts("mine").reachesNeighbours)
    #expect(try facts("ipvlan", #"{"mode": "l2"}"#).reachesNeighbours && !facts("ipvlan", #"{"mode": "l3"}"#).reachesNeighbours)
    #expect(try !facts("bridge").mayHaveGateway && facts("bridge", #"{"isGateway": true}"#).mayHaveGateway)
  }

  // MARK: - Addresses and routes

  @Test func addresses() throws {
    let local = try network("[{type: ptp, ipam: {type: host-local, ranges: [[{subnet: 10.1.0.0/24}], [{subnet: 'fd00::/64'}]]}}]")
    #expect(local.families == [.ipv4, .ipv6] && local.gateways.map(\.description) == ["10.1.0.1/24", "fd00::1/64"])
    let fixed = try network("[{type: ptp, ipam: {type: static, addresses: [{address: 10.1.2.3/16, gateway: 10.1.0.1}]}}]")
    #expect(fixed.families == [.ipv4] && fixed.gateways.map(\.description) == ["10.1.0.1/16"])
    #expect(try network("[{type: ptp, ipam: {type: static}}]").families == nil)
    #expect(try network("[{type: ptp, ipam: {type: dhcp}}]").families == [.ipv4])
    #expect(try network("[{type: ptp, ipam: {type: mine}}]").families == nil)
    #expect(try network("[{type: ptp}]").families == [] && network("[{type: host-device, device: a}]").families == nil)
  }

  @Test func defaultRoutes() throws {
    let ipam = "ipam: {type: host-local, subnet: 10.1.0.0/24, routes: [{dst: '::/0'}, {dst: 10.0.0.0/8}]}"
    #expect(try network("[{type: macvlan, \(ipam)}]").broughtDefaultRoutes == [.ipv6])
    #expect(try network("[{type: bridge, isDefaultGateway: true, \(ipam)}]").broughtDefaultRoutes == [.ipv4])
    #expect(try network("[{type: host-device, device: a, \(ipam)}]").broughtDefaultRoutes == nil)
    #expect(try network("[{type: mine, \(ipam)}]").broughtDefaultRoutes == nil)
    #expect(
      try network("[{type: ptp}]").broughtDefaultRoutes == []
        && network("[{type: ptp, ipam: {type: dhcp}}]").broughtDefaultRoutes == nil)
  }

  /// With these changes a plugin adds no default route of its own, but keeps its gateway.
  @Test(arguments: plugins) func defaultRoutesCanBeTakenAway(_ type: String) throws {
    var configuration = try #require(JSON(parsing: #"{"isDefaultGateway": true}"#).object)
    let before = Plugin.facts(of: type, configuration)
    let isOwn = if case .allFamilies = before.defaultRoutes { true } else { false }
    #expect(isOwn != before.withoutDefaultRoutes.isEmpty)
    for change in before.withoutDefaultRoutes { configuration[change.key] = change.value }
    let after = Plugin.facts(of: type, configuration)
    #expect(after.withoutDefaultRoutes.isEmpty && after.mayHaveGateway == before.mayHaveGateway)
    if case .allFamilies = after.defaultRoutes { Issue.record("\(type) still brings default routes") }
  }

  /// Whether a network brings a default route: b, or u if that is not known, or the reason why not, for IPv4 and IPv6.
  private func outlook(_ chain: String, _ ips: String...) throws -> [DefaultRouteOutlook] {
    var options = AttachmentOptions()
    options.ips = try ips.map { try AddressRequest($0) }
    return try AddressFamily.allCases.map { family in try network(chain).defaultRoute(family, with: options) }
  }

  @Test func outlooksOfDefaultRoutes() throws {
    let none: [DefaultRouteOutlook] = [.lacks(.noAddress), .lacks(.noAddress)]
    for type in ["bridge", "vlan", "ptp", "loopback"] {
      #expect(try outlook("[{type: \(type), master: eth1}, {type: portmap}]") == none, "\(type)")
      #expect(try outlook("[{type: \(type), master: eth1}, {type: mine}]") == [.unknown, .unknown], "\(type)")
    }
    #expect(try outlook("[{type: host-device, device: a}]") == [.unknown, .unknown])
    #expect(try outlook("[{type: vlan, master: a, ipam: {type: dhcp}}]") == [.unknown, .lacks(.noAddress)])
    #expect(try outlook("[{type: macvlan, ipam: {type: host-local, subnet: 10.1.0.0/24}}]") == [.brings, .lacks(.noAddress)])
    #expect(try outlook("[{type: macvlan, ipam: {type: host-local, subnet: 'fd00::/64'}}]", "fd00::9")[1] == .brings)
  }

  /// `static` gives no gateway of its own, and none to the addresses of an attachment.
  @Test func outlooksOfFixedAddresses() throws {
    func fixed(_ ipam: String, _ ips: String, maker: String = "type: macvlan") throws -> [DefaultRouteOutlook] {
      let chain = "[{\(maker), ipam: {type: static, \(ipam)}}]"
      return ips.isEmpty ? try outlook(chain) : try outlook(chain, ips)
    }
    let (with, without) = ("addresses: [{address: 10.1.2.3/16, gateway: 10.1.0.1}]", "addresses: [{address: 10.1.2.3/16}]")
    #expect(try fixed(with, "") == [.brings, .lacks(.noAddress)])
    #expect(try fixed(without, "") == [.lacks(.noGateway), .lacks(.noAddress)])
    #expect(try fixed(with, "10.1.2.4/16") == [.lacks(.replaced), .lacks(.noAddress)])
    #expect(try fixed(without, "fd00::4/64") == [.lacks(.noAddress), .lacks(.noGateway)])
    #expect(try fixed("routes: [{dst: 0.0.0.0/0, gw: 10.1.0.1}]", "10.1.2.4/16")[0] == .brings)
    #expect(try fixed("routes: [{dst: 10.0.0.0/8, gw: 10.1.0.1}]", "10.1.2.4/16")[0] == .lacks(.noGateway))
    // The bridge sets the gateway itself.
    #expect(try fixed(without, "", maker: "type: bridge, isGateway: true")[0] == .brings)
    #expect(try fixed(with, "10.1.2.4/16", maker: "type: bridge, isDefaultGateway: true")[0] == .brings)
    #expect(try fixed(without, "", maker: "type: bridge")[0] == .lacks(.noGateway))
    // Without addresses of its own, an attachment or the runtime must name some.
    #expect(try fixed("addresses: []", "") == [.unknown, .unknown])
    #expect(
      try fixed(without, "", maker: "type: macvlan, args: {cni: {ips: [10.1.2.9/16]}}") == [.unknown, .unknown])
  }
}
