import CNI
import Diagnostics
import PluginModel

extension PolicyLint {
  /// Finds fixed addresses out of ranges from which other Pods get theirs.
  mutating func checkFixedAddresses(of rule: PolicyDraft.Rule) {
    for attach in rule.attach where !attach.options.ips.isEmpty {
      guard let name = attach.network?.value, let network = networks[name] else { continue }
      let pools = AddressPool.sets(of: network).joined()
      guard let ip = attach.options.ips.prefix(64).first(where: { ip in pools.contains { $0.range.contains(ip.address) } }),
        let other = drawer(from: name)
      else { continue }
      report(
        .addressOfOthers, "another Pod may get the address \(ip.address) of the network \(quoted(name.text)) first",
        Span(rule.file, attach.place(of: "ips")), [.init(other, "it gives out the network's other addresses")],
        help: "keep fixed addresses in a network of their own, and separate the ranges with rangeStart and rangeEnd")
    }
  }

  /// The first attachment or request that gets any address of the network.
  private mutating func drawer(from name: NetworkName) -> Span? {
    if let drawers { return drawers[name] }
    var found: [NetworkName: Span] = [:]
    for rule in draft.rules {
      for attach in rule.attach where attach.options.ips.isEmpty {
        if let network = attach.network, found[network.value] == nil { found[network.value] = Span(rule.file, network.range) }
      }
    }
    for request in draft.requests {
      for network in request.networks where found[network.value] == nil {
        found[network.value] = Span(request.file, network.range)
      }
    }
    drawers = found
    return found[name]
  }
}
