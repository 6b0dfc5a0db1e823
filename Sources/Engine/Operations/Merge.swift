import CNI
import NetworkTypes

extension CNIResult {
  /// Merges the results of all attachments into one that runtimes can read (docs/runtimes.md).
  ///
  /// The runtime's interface and its addresses come first. Every address has an index into `interfaces`; an attachment that
  /// reported no interface of its own gets one. A host-side interface with the name of a Pod's interface is left out, because
  /// runtimes choose by name. Default routes are those of each family's owner.
  ///
  /// `previous` is the prevResult that Braid was given if it is chained behind another plugin. It stays in the result.
  init(merging attachments: [DoneAttachment], after previous: CNIResult? = nil, sandbox: String) {
    self.init()
    let names = Set(attachments.map(\.planned.interface.text))
    let first = attachments.first?.planned.interface
    if let previous, let first {
      let claimed = attachments.flatMap(\.planned.defaultRoute.required)
      append(previous, of: first, owns: { !claimed.contains($0) }, isInResult: true, podNames: names, sandbox: sandbox)
    }
    for attachment in attachments {
      let planned = attachment.planned
      append(
        attachment.result, of: planned.interface, owns: planned.defaultRoute.owns, isInResult: planned.isInResult,
        podNames: names, sandbox: sandbox)
    }
    moveToFront(first)
  }

  /// Adds one attachment's result. `owns` says for which families the attachment owns the default route.
  private mutating func append(
    _ added: CNIResult, of name: InterfaceName, owns: (AddressFamily) -> Bool, isInResult: Bool, podNames: Set<String>,
    sandbox: String
  ) {
    var index: [Int: Int] = [:]
    for (old, interface) in added.interfaces.enumerated() {
      guard !interface.sandbox.isEmpty || !podNames.contains(interface.name) else { continue }
      // Two attachments may share a bridge: it is listed once.
      let known = interfaces.firstIndex { $0.name == interface.name && $0.sandbox == interface.sandbox }
      index[old] = known ?? interfaces.count
      // A later plugin's description of an interface is newer: tuning may have changed its address.
      if let known { interfaces[known] = interface } else { interfaces.append(interface) }
    }
    let own = interfaces.firstIndex { $0.name == name.text && !$0.sandbox.isEmpty }
    for var ip in added.ips where isInResult {
      ip.interface = ip.interface.flatMap { index[$0] } ?? own ?? addInterface(name, sandbox)
      if !ips.contains(ip) { ips.append(ip) }
    }
    routes += added.routes.filter { route in (!route.isDefault || owns(route.dst.family)) && !routes.contains(route) }
    dns.merge(added.dns)
  }

  private mutating func addInterface(_ name: InterfaceName, _ sandbox: String) -> Int {
    if let known = interfaces.firstIndex(where: { $0.name == name.text && $0.sandbox == sandbox }) { return known }
    interfaces.append(Interface(name: name.text, sandbox: sandbox))
    return interfaces.count - 1
  }

  /// Moves the Pod's interface of that name, and its addresses, to the front.
  private mutating func moveToFront(_ name: InterfaceName?) {
    guard let name, let first = interfaces.firstIndex(where: { $0.name == name.text && !$0.sandbox.isEmpty }) else { return }
    interfaces.insert(interfaces.remove(at: first), at: 0)
    for i in ips.indices {
      guard let old = ips[i].interface else { continue }
      ips[i].interface = old == first ? 0 : old < first ? old + 1 : old
    }
    ips = ips.filter { $0.interface == 0 } + ips.filter { $0.interface != 0 }
  }
}

extension CNIResult.DNS {
  /// Adds the values that only the other has. The domain is the first one named.
  mutating func merge(_ other: CNIResult.DNS) {
    nameservers += other.nameservers.filter { !nameservers.contains($0) }
    search += other.search.filter { !search.contains($0) }
    options += other.options.filter { !options.contains($0) }
    if domain.isEmpty { domain = other.domain }
  }
}
