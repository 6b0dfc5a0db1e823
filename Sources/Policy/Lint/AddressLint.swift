import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// Finds networks with overlapping subnets, which is worst if one Pod gets both.
  ///
  /// Networks on the same link are left out: they share a subnet on purpose.
  mutating func checkSubnets() {
    var seen: [(pool: AddressPool, wire: String?)] = []
    for network in draft.networks.prefix(Self.comparedNetworks) {
      let pools = AddressPool.sets(of: network).flatMap { $0 }.prefix(32)
      let wire = network.wire
      for pool in pools {
        let other = seen.first { other in
          other.pool.range.subnet.overlaps(pool.range.subnet) && (wire == nil || other.wire != wire)
        }
        guard let other = other?.pool else { continue }
        let names = "\(quoted(other.network.name.text)) and \(quoted(network.name.text))"
        let place = together(other.network.name, network.name)
        report(
          .overlappingSubnets, "the subnets of the networks \(names) overlap\(place == nil ? "" : ", and a Pod gets both")",
          pool.spans.subnet,
          [.init(other.spans.subnet, "the other subnet")] + (place.map { [.init($0, "this rule attaches both")] } ?? []),
          help: "replies may leave through the wrong network: write subnets that do not overlap")
      }
      seen += pools.map { ($0, wire) }
    }
  }

  /// The place of the first rule that attaches both networks.
  private func together(_ a: NetworkName, _ b: NetworkName) -> Span? {
    draft.rules.first { rule in
      let names = rule.attach.compactMap { $0.network?.value }
      return names.contains(a) && names.contains(b)
    }?.span
  }

  /// Finds addresses that only one Pod can have in rules that may match several.
  mutating func checkIdentities(of rule: PolicyDraft.Rule) {
    guard !rule.match.namesOnePod else { return }
    for attach in rule.attach {
      checkStaticAddress(of: attach, rule)
      let key = attach.options.ips.isEmpty ? attach.options.mac.map { _ in "mac" } : "ips"
      guard let key else { continue }
      report(
        .sharedIdentity,
        "\(rule.title) may match several Pods, but only one can have this \(key == "mac" ? "hardware address" : "address")",
        Span(rule.file, attach.place(of: key)), [.init(rule.span, "the rule")],
        help: "match one namespace and one Pod by their full names, or leave the address to IPAM")
    }
  }
}

extension PolicyLint {
  /// Finds an attachment to a network that gives every Pod the same address.
  fileprivate mutating func checkStaticAddress(of attach: PolicyDraft.Attach, _ rule: PolicyDraft.Rule) {
    guard let name = attach.network, let network = networks[name.value] else { return }
    let spans = network.chain.lazy.compactMap { entry -> Span? in
      guard case .fixed(let addresses, let key)? = entry.ipamFacts?.addresses, !addresses.isEmpty else { return nil }
      return entry.ipamSpan(of: key)
    }
    guard let span = spans.first else { return }
    report(
      .sharedIdentity,
      "\(rule.title) may match several Pods, but the network \(quoted(name.value.text)) gives all of them the same address",
      Span(rule.file, name.range), [.init(span, "the address")],
      help: "match one namespace and one Pod by their full names, or let host-local give the addresses")
  }
}

extension Match {
  /// Whether the match names exactly one namespace and one Pod, without patterns.
  fileprivate var namesOnePod: Bool {
    func isOne(_ globs: [Glob]) -> Bool { globs.count == 1 && globs[0].literal != nil }
    let hasNamespace = conditions.contains { if case .namespaces(let globs) = $0 { isOne(globs) } else { false } }
    let hasName = conditions.contains { if case .pods(let globs) = $0 { isOne(globs) } else { false } }
    return hasNamespace && hasName
  }
}
