import CNI
import Diagnostics
import JSON
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// A network's use of a link of the node, and the place that declares it.
  private struct Use {
    let network: Network
    let claim: PluginFacts.Claim
    let isBridge: Bool
    let span: Span
  }

  /// Finds links of the node that two networks use in ways that exclude each other.
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
          .masterConflict, "\(quoted(name)) \(isOverBridge ? "is" : "cannot be") both \(kinds)", use.span,
          [.init(other.span, "also used here")],
          help: isOverBridge
            ? "if it is a NIC, give the bridge another name; if it is a bridge, make it before the first Pod"
            : "use another interface for one of them")
      }
      uses[name, default: []].append(use)
    }
  }

  /// The MTU in bytes of a bridge whose configuration names none.
  private static let bridgeMTU = 1500

  /// Finds networks whose MTU is larger than that of their master, if the master is a bridge of this policy.
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
        help: "the kernel refuses that: raise the master's MTU, or lower this one")
    }
  }

  /// Finds attachments whose MTU is larger than that of their network.
  mutating func checkMTU(of rule: PolicyDraft.Rule) {
    for attach in rule.attach {
      guard let mtu = attach.options.mtu, let name = attach.network?.value, let network = networks[name] else { continue }
      guard let maker = network.chain.first, let most = maker.facts.mtu, Int(mtu.bytes) > most else { continue }
      report(
        .mtuOverMaster, "the MTU \(mtu) is larger than the network's \(most)", Span(rule.file, attach.place(of: "mtu")),
        [.init(maker.span(of: .init("mtu")), "the network's")],
        help: "larger packets are lost on the way: raise the network's MTU too")
    }
  }
}
