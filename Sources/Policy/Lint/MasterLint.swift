import CNI
import Diagnostics
import JSON
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// What a network does with a link of the node, and where it says so.
  private struct Use {
    let network: Network
    let claim: PluginFacts.Claim
    let isBridge: Bool
    let span: Span
  }

  /// Interfaces of the node that two networks want for things that exclude each other.
  mutating func checkMasters() {
    var uses: [String: [Use]] = [:]
    for network in draft.networks.prefix(Self.comparedNetworks) {
      guard let maker = network.chain.first, let link = maker.facts.link, let claim = link.claim, let name = link.name else {
        continue
      }
      let use = Use(network: network, claim: claim, isBridge: link.role == .bridge, span: maker.span(of: link.key))
      if let other = uses[name]?.first(where: { $0.claim.excludes(claim) }) {
        let kinds =
          "\(claim.kind) for \(quoted(network.name.text)) and \(other.claim.kind) for \(quoted(other.network.name.text))"
        let isOverBridge = use.isBridge != other.isBridge
        report(
          .masterConflict, "\(quoted(name)) \(isOverBridge ? "is both" : "cannot be") \(kinds)", use.span,
          [.init(other.span, "wanted here too")],
          help: isOverBridge
            ? "a NIC cannot be both: use another name for the bridge; a bridge can, if it is there before the first Pod"
            : "use another interface for one of them")
      }
      uses[name, default: []].append(use)
    }
  }

  /// The MTU of a bridge that is told none.
  private static let bridgeMTU = 1500

  /// Networks whose MTU is larger than that of the bridge of this policy that is their master.
  mutating func checkMasterMTU() {
    var bridges: [String: (entry: ChainEntry, mtu: Int)] = [:]
    var others: [(entry: ChainEntry, master: String, mtu: Int)] = []
    for network in draft.networks {
      guard let maker = network.chain.first else { continue }
      let facts = maker.facts
      guard let link = facts.link, let name = link.name else { continue }
      if link.role == .bridge, link.claim != nil { bridges[name] = (maker, facts.mtu ?? Self.bridgeMTU) }
      if link.role == .master, let mtu = facts.mtu { others.append((maker, name, mtu)) }
    }
    for other in others {
      guard let bridge = bridges[other.master], other.mtu > bridge.mtu else { continue }
      report(
        .mtuOverMaster, "the MTU \(other.mtu) is larger than the master's \(bridge.mtu)", other.entry.span(of: .init("mtu")),
        [.init(bridge.entry.span(of: .init("mtu")), "the master's")],
        help: "the kernel refuses it: raise the master's or lower this")
    }
  }

  /// Attachments whose MTU is larger than their network's.
  mutating func checkMTU(of rule: PolicyDraft.Rule) {
    for attach in rule.attach {
      guard let mtu = attach.options.mtu, let name = attach.network?.value, let network = networks[name] else { continue }
      guard let maker = network.chain.first, let most = maker.facts.mtu, Int(mtu.bytes) > most else { continue }
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
