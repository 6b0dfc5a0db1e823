import CNI
import Diagnostics
import JSON
import NetworkTypes

extension PolicyLint {
  /// What a network does with an interface of the node.
  private struct Claim {
    let network: Network
    let kind: String
    let span: Span
  }

  private static let bridge = "a bridge"

  /// Interfaces of the node that two networks want for things that exclude each other.
  mutating func checkMasters() {
    var claims: [String: [Claim]] = [:]
    for network in draft.networks.prefix(Self.comparedNetworks) {
      guard let maker = network.chain.first, let claim = Self.claim(network, maker), let name = network.wire else { continue }
      if let other = claims[name]?.first(where: { Self.exclude($0.kind, claim.kind) }) {
        let kinds = "\(claim.kind) for \(quoted(network.name.text)) and \(other.kind) for \(quoted(other.network.name.text))"
        let isOverBridge = (claim.kind == Self.bridge) != (other.kind == Self.bridge)
        report(
          .masterConflict, "\(quoted(name)) \(isOverBridge ? "is both" : "cannot be") \(kinds)", claim.span,
          [.init(other.span, "wanted here too")],
          help: isOverBridge
            ? "a NIC cannot be both: use another name for the bridge; a bridge can, if it is there before the first Pod"
            : "use another interface for one of them")
      }
      claims[name, default: []].append(claim)
    }
  }

  private static func claim(_ network: Network, _ maker: ChainEntry) -> Claim? {
    switch maker.type {
    case "bridge": return Claim(network: network, kind: bridge, span: maker.span(of: .init("bridge")))
    case "ipvlan": return Claim(network: network, kind: "an ipvlan master", span: maker.span(of: .init("master")))
    case "macvlan":
      let isPassthru = maker.configuration.value(named: "mode")?.string == "passthru"
      let kind = isPassthru ? "the master of a passthru macvlan" : "a macvlan master"
      return Claim(network: network, kind: kind, span: maker.span(of: .init("master")))
    default: return nil
    }
  }

  /// One kind excludes every other; passthru excludes itself too: a device has one receive handler in the kernel.
  private static func exclude(_ a: String, _ b: String) -> Bool { a != b || a.contains("passthru") }

  /// Networks whose MTU is larger than that of the bridge of this policy that is their master.
  mutating func checkMasterMTU() {
    var bridges: [String: ChainEntry] = [:]
    for network in draft.networks {
      if let maker = network.chain.first, maker.type == "bridge", let name = network.wire { bridges[name] = maker }
    }
    for network in draft.networks {
      guard let maker = network.chain.first, ["macvlan", "ipvlan", "vlan"].contains(maker.type),
        let name = maker.configuration.value(named: "master")?.string, let bridge = bridges[name],
        let mtu = maker.configuration.value(named: "mtu")?.int
      else { continue }
      let given = bridge.configuration.value(named: "mtu")?.int ?? 0
      let most = given == 0 ? 1500 : given
      guard mtu > most else { continue }
      report(
        .mtuOverMaster, "the MTU \(mtu) is larger than the master's \(most)", maker.span(of: .init("mtu")),
        [.init(bridge.span(of: .init("mtu")), "the master's")], help: "the kernel refuses it: raise the master's or lower this")
    }
  }

  /// Attachments whose MTU is larger than their network's.
  mutating func checkMTU(of rule: PolicyDraft.Rule) {
    for attach in rule.attach {
      guard let mtu = attach.options.mtu, let name = attach.network?.value, let network = networks[name] else { continue }
      guard let maker = network.chain.first, let most = maker.configuration.value(named: "mtu")?.int, most > 0,
        Int(mtu.bytes) > most
      else { continue }
      report(
        .mtuOverMaster, "the MTU \(mtu) is larger than the network's \(most)", Span(rule.file, attach.place(of: "mtu")),
        [.init(maker.span(of: .init("mtu")), "the network's")],
        help: "larger packets are lost on the way: raise the network's too")
    }
  }

  /// Attachments that are said to own the default route and whose network has none.
  mutating func checkDefaultRoutes(of rule: PolicyDraft.Rule) {
    for attach in rule.attach {
      guard let claim = attach.defaultRoute, !claim.value.families.isEmpty, let name = attach.network?.value,
        let network = networks[name], network.surelyLacksDefaultRoute
      else { continue }
      report(
        .noDefaultRoute, "the network \(quoted(name.text)) has no default route", Span(rule.file, claim.range),
        [.init(network.span, "the network")],
        help: "it gives no addresses: add an ipam, or let another attachment have the default route")
    }
  }
}

extension Network {
  /// Whether nothing in the chain gives an address, and so no default route; false where that is not known.
  fileprivate var surelyLacksDefaultRoute: Bool {
    guard let maker = chain.first, chain.allSatisfy({ KnownPlugin.named($0.type) != nil }) else { return false }
    guard ["bridge", "macvlan", "ipvlan"].contains(maker.type) else { return false }
    return maker.configuration.value(named: "ipam")?.object?.isEmpty ?? true
  }
}
