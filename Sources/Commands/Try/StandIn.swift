import Netlink
import NetworkTypes
import Policy

/// A link that takes the place of one of the node's links.
///
/// A veth pair takes the place of a network card. Its other end is in a namespace of its own, the LAN. If another network of the Pod makes
/// a bridge of this name, the stand-in is a bridge.
struct StandIn: Equatable {
  let name: InterfaceName
  /// In bytes.
  var mtu: MTU
  /// The addresses that answer on the LAN: the gateways of the networks that use the link.
  var gateways: [CIDR]
  /// Whether the node's default route leads through the link.
  var hasDefaultRoute = false
  /// Whether it is a bridge, with no LAN behind it.
  var isBridge = false

  /// The name of the stand-in for the link of the node's default route.
  static let uplink = "uplink0"
  /// The name of the veth pair's other end.
  private static let lan = "lan"
  /// The node's and the LAN's address on the link of the default route (TEST-NET-1, RFC 5737).
  private static let uplinkAddresses = ("192.0.2.2/24", "192.0.2.1/24")

  /// The stand-ins for all links of the node that the attachments need.
  static func needed(by attachments: [SelectedAttachment]) -> [StandIn] {
    let bridges = attachments.compactMap { $0.network.nodeLink.flatMap { $0.role == .bridge ? $0.name : nil } }
    var found: [StandIn] = []
    for attachment in attachments {
      guard var need = need(of: attachment) else { continue }
      need.isBridge = bridges.contains(need.name.text)
      if let i = found.firstIndex(where: { $0.name == need.name }) {
        if need.mtu.bytes > found[i].mtu.bytes { found[i].mtu = need.mtu }
        found[i].gateways += need.gateways.filter { !found[i].gateways.contains($0) }
      } else {
        found.append(need)
      }
    }
    return found
  }

  private static func need(of attachment: SelectedAttachment) -> StandIn? {
    let network = attachment.network
    guard let use = network.nodeLink, use.role != .bridge, let name = try? InterfaceName(use.name ?? uplink),
      let normal = try? MTU(1500)
    else { return nil }
    let asked = attachment.options.mtu ?? network.makerFacts?.mtu.flatMap { try? MTU($0) }
    let mtu = asked.map { $0.bytes > normal.bytes ? $0 : normal } ?? normal
    return StandIn(name: name, mtu: mtu, gateways: network.gateways, hasDefaultRoute: use.name == nil)
  }

  /// Makes the link on the node and returns the LAN behind it, which exists as long as somebody holds the value.
  ///
  /// Nil for a bridge, which has no LAN, and for a link that is there already, such as `lo`.
  func make(on node: TrialNamespace) throws(TrialError) -> TrialNamespace? {
    guard try node.link(name.text) == nil else { return nil }
    guard !isBridge else {
      try node.netlink { (route) throws(NetlinkError) in try route.add(NewLink(name: name, kind: .bridge(Bridge()), isUp: true)) }
      return nil
    }
    let lan = try TrialNamespace.make(from: node)
    guard let other = try? InterfaceName(Self.lan) else { preconditionFailure("lan is a valid name") }
    let peer = NewLink.Peer(name: other, mtu: mtu, namespace: lan.namespace.descriptor.rawValue)
    try node.netlink { (route) throws(NetlinkError) in try route.add(NewLink(name: name, kind: .veth(peer: peer), mtu: mtu)) }
    let link = try node.up(name.text)
    try lan.up(Self.lan)
    for gateway in gateways { try add(gateway, to: Self.lan, in: lan) }
    if hasDefaultRoute, let link { try addDefaultRoute(link, node, lan) }
    return lan
  }

  private func addDefaultRoute(_ link: Link, _ node: TrialNamespace, _ lan: TrialNamespace) throws(TrialError) {
    guard let own = try? CIDR(Self.uplinkAddresses.0), let far = try? CIDR(Self.uplinkAddresses.1),
      let everywhere = try? CIDR("0.0.0.0/0")
    else { preconditionFailure("constants") }
    try add(own, to: name.text, in: node)
    try add(far, to: Self.lan, in: lan)
    try node.netlink { (route) throws(NetlinkError) in
      try route.execute(Route(to: everywhere, via: far.address, link: link.index).add)
    }
  }

  private func add(_ address: CIDR, to name: String, in namespace: TrialNamespace) throws(TrialError) {
    guard let link = try namespace.link(name) else { return }
    try namespace.netlink { (route) throws(NetlinkError) in try route.execute(Address.add(address, to: link)) }
  }

  /// One line for the report.
  var description: String {
    if isBridge { return "\(name): a bridge, with nobody behind it" }
    let ends = gateways.isEmpty ? "nobody" : gateways.map(\.description).joined(separator: ", ")
    return "\(name): a veth pair, MTU \(mtu.bytes); \(ends) at its other end"
      + (hasDefaultRoute ? "; the node's default route" : "")
  }
}
