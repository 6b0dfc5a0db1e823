import CNI
import Netlink
import NetworkTypes
import PluginModel

/// `<bridge>.<vlan>`: a veth of the node whose other end is a port of the bridge in that VLAN. It has the gateway's address.
struct BridgeVLANGateway {
  let name: InterfaceName
  let access: UInt16
  let configuration: BridgeConfiguration
  let host: NodeNamespace

  /// Nil for a bridge network without a VLAN or a gateway.
  init?(_ configuration: BridgeConfiguration, _ host: NodeNamespace) {
    guard let name = configuration.vlanGateway, let access = configuration.vlan.access else { return nil }
    (self.name, self.access, self.configuration, self.host) = (name, access, configuration, host)
  }

  /// Returns the interface, plugged in and up; makes it if it is missing. Two processes that make it at once get the same
  /// interface.
  func ensure(on bridge: Link, reclaimable: Bool) throws(DelegateError) -> Link {
    let link: Link
    if let found = try find() {
      link = found
    } else {
      link = try make(bridge, group: reclaimable ? HostBridge.mark : nil)
    }
    guard link.kind == .veth, link.parentNamespace == nil, let index = link.parent,
      let port = try netlink({ () throws(NetlinkError) in try host.route.link(index: index) }),
      port.master == nil || port.master == bridge.index
    else { throw .plugin(BridgeError.notItsGateway(name, bridge: configuration.bridge)) }
    // The process that made it may not have plugged it in yet, or may have died. Doing it twice does no harm.
    if port.master == nil || !port.isUp || !link.isUp { try plugIn(port, bridge, link) }
    return link
  }

  private func find() throws(DelegateError) -> Link? {
    try netlink { () throws(NetlinkError) in try host.route.link(named: name) }
  }

  /// The kernel makes the peer first, so the peer's index is one below the interface's, as with the reference plugin.
  private func make(_ bridge: Link, group: UInt32?) throws(DelegateError) -> Link {
    let mtu = try? MTU(bridge.mtu)
    let end = try NodeEnd()
    let peer = NewLink.Peer(name: end.name, mac: end.mac, mtu: mtu, group: group)
    do throws(DelegateError) {
      return try host.make(NewLink(name: name, kind: .veth(peer: peer), mac: try .random(), mtu: mtu, group: group))
    } catch {
      guard case .netlink(let cause) = error, cause.errno == .fileExists, let found = try find() else { throw error }
      return found
    }
  }

  private func plugIn(_ port: Link, _ bridge: Link, _ link: Link) throws(DelegateError) {
    // Router advertisements from the VLAN must not change the node's own routes.
    try? host.sysctl.set(.ipv6, "conf/\(name)/accept_ra", "0")
    let up = LinkChange(isUp: true)
    let label = "\(port.name) (port of \(bridge.name))"
    var requests = [LinkChange(isUp: true, master: bridge.index).request(port.index, label: label)]
    if access != 1, !configuration.vlan.preservesDefault {
      requests.append(BridgeVLAN.delete([BridgeVLAN(id: 1)], from: port))
    }
    requests += [
      BridgeVLAN.add([BridgeVLAN(id: access, isPVID: true, isUntagged: true)], to: port),
      up.request(link.index, label: link.name),
    ]
    try filteringVLANs(on: configuration.bridge) { () throws(NetlinkError) in try host.route.execute(requests) }
  }
}
