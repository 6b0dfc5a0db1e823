import CNI
import Diagnostics
import JSON
import PluginModel

extension MeaningChecker {
  /// Finds mistakes in a chain that make it fail on every node.
  mutating func checkChain(of network: Network) {
    var maker: ChainEntry?
    for entry in network.chain {
      checkSelfDelegation(entry)
      checkKeys(of: entry)
      let here = entry.span(of: .init("type"))
      switch Plugin.named(entry.type)?.role {
      case .ipam?:
        report(
          .ipamInChain, "\(quoted(entry.type)) gives addresses and makes no interface", here,
          help: "move it to ipam of the plugin that makes the interface")
      case .interface?:
        if let maker {
          report(
            .interfaceTwice, "a second plugin of the chain makes an interface", here,
            [.init(maker.span(of: .init("type")), "the interface is made here")],
            help: "one network gives one interface: declare a second network and attach both")
        } else {
          maker = entry
        }
      default: break
      }
    }
  }

  private mutating func checkSelfDelegation(_ entry: ChainEntry) {
    let help = "write another plugin: a chain may have any plugin but braid"
    if entry.isBraid, !draft.isForRuntime {
      report(.selfDelegation, "Braid cannot be its own delegate", entry.span(of: .init("type")), help: help)
    }
    if let type = entry.ipamType, Plugin.named(type)?.isBraid ?? false {
      report(.selfDelegation, "Braid cannot be its own delegate", entry.span(of: .init("ipam", "type")), help: help)
    }
  }

  private mutating func checkKeys(of entry: ChainEntry) {
    var names: [String: String] = [:]
    for member in entry.configuration.members {
      let folded = member.name.lowercased()
      if !draft.isForRuntime, folded == "prevresult" || folded == "runtimeconfig" {
        report(
          .reservedKey, "a policy cannot set \(quoted(member.name))", Span(entry.file, entry.keyRange(member.name)),
          help: "remove it: Braid writes it for every call")
      }
      if let other = names[folded], findings.items.count < Findings.limit {
        report(
          .ambiguousKey, "to a CNI plugin \(quoted(member.name)) and \(quoted(other)) are the same key",
          Span(entry.file, entry.keyRange(member.name)), [.init(Span(entry.file, entry.keyRange(other)), "the other one")],
          help: "remove one of them")
      }
      names[folded] = member.name
    }
  }
}
