import CNI
import NetworkTypes

extension CNIResult {
  /// The one result of a Pod, as runtimes can read it (docs/runtimes.md).
  ///
  /// The runtime's interface comes first, and its addresses before all others; every address has an index within
  /// `interfaces`; an attachment that reported no interface of its own gets one; a host-side interface that is named like
  /// one of the Pod's is left out, since runtimes choose by name; default routes are their family's owner's.
  ///
  /// `previous` is what Braid was given as prevResult where it is chained behind another plugin: it stays in the result.
  init(merging attachments: [DoneAttachment], after previous: CNIResult? = nil, sandbox: String) {
    self.init()
    let names = Set(attachments.map(\.planned.interface.text))
    let first = attachments.first?.planned.interface
    if let previous, let first {
      append(previous, of: first, owns: { _ in true }, isInResult: true, podNames: names, sandbox: sandbox)
    }
    for attachment in attachments {
      let planned = attachment.planned
      append(
        attachment.result, of: planned.interface, owns: planned.defaultRoute.owns, isInResult: planned.isInResult,
        podNames: names, sandbox: sandbox)
    }
    moveToFront(first)
  }

  /// Adds one attachment's result. `owns` tells the families whose default routes are the attachment's.
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
      // What a later plugin says of the same interface is newer: tuning may have changed its address.
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

  /// Puts the Pod's interface of that name, and its addresses, before the others.
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
  /// Adds what the other has and this one lacks; the domain is the first one named.
  mutating func merge(_ other: CNIResult.DNS) {
    nameservers += other.nameservers.filter { !nameservers.contains($0) }
    search += other.search.filter { !search.contains($0) }
    options += other.options.filter { !options.contains($0) }
    if domain.isEmpty { domain = other.domain }
  }
}
