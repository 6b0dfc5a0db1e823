import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// The bridge on the node that Pods share.
struct HostBridge {
  let configuration: BridgeConfiguration
  let host: NodeNamespace
  /// The link group ("brid" in ASCII) that tells a bridge which we made, and may take away, from one that was given. Unlike
  /// an alias it is set in the very request that makes the link.
  static let mark: UInt32 = 0x6272_6964

  var name: InterfaceName { configuration.bridge }

  /// The bridge, made if it is not there, and up. Two that make it at once get the same one.
  func ensure(reclaimable: Bool) throws(DelegateError) -> Link {
    if let link = try find() { return try prepare(link) }
    let bridge = NewLink(
      name: name, kind: .bridge(Bridge(vlanFiltering: configuration.vlan.isUsed)), mac: try Self.stableAddress(),
      mtu: configuration.link.mtu, group: reclaimable ? Self.mark : nil, isUp: true)
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try host.route.add(bridge) }
      // Routers that a Pod plays must not change the node's own routes.
      try? host.sysctl.set(.ipv6, "conf/\(name)/accept_ra", "0")
    } catch {
      guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
    }
    guard let link = try find() else { throw .plugin(BridgeError.vanished(name)) }
    return try prepare(link)
  }

  /// Nil if there is none; throws for a link of another kind.
  func find() throws(DelegateError) -> Link? {
    guard let link = try named() else { return nil }
    guard case .bridge = link.kind else { throw .plugin(BridgeError.notABridge(name)) }
    return link
  }

  private func named() throws(DelegateError) -> Link? {
    try netlink { () throws(NetlinkError) in try host.route.link(named: name) }
  }

  /// Two ADDs may both find it down: being up and promiscuous is set, not counted.
  private func prepare(_ link: Link) throws(DelegateError) -> Link {
    if configuration.vlan.isUsed, case .bridge(let bridge) = link.kind, !bridge.vlanFiltering {
      throw .plugin(BridgeError.noVLANFiltering(name))
    }
    let promiscuous = configuration.promiscMode && !link.isPromiscuous
    if !link.isUp || promiscuous {
      try netlink { () throws(NetlinkError) in
        try host.route.change(link, LinkChange(isUp: true, isPromiscuous: promiscuous ? true : nil))
      }
    }
    return link
  }

  /// A bridge without an address of its own takes its ports', which come and go: so that it gets one from the start.
  private static func stableAddress() throws(DelegateError) -> MACAddress {
    var bytes = try system { () throws(SystemError) in try RandomBytes.get(6) }
    bytes[0] = bytes[0] & 0xfc | 0x02
    guard let mac = MACAddress(bytes: bytes) else { preconditionFailure("six bytes make an address") }
    return mac
  }

  /// Takes the bridge away, with its VLANs' gateways, if we made it and no Pod is plugged in any more.
  ///
  /// An ADD that is about to plug in holds the lock; once it has plugged in, the bridge stays. What has the bridge's name by now
  /// and is none is somebody else's.
  func reclaim(lock path: String?) throws(DelegateError) {
    guard let path, try unused() != nil else { return }
    guard let lock = try lockAlone(path) else { return }
    defer { _ = lock }
    guard let (link, ports) = try unused() else { return }
    for port in try ports + looseGateways() + [link] {
      _ = try netlink { () throws(NetlinkError) in try host.route.deleteLink(index: port.index, label: port.name) }
    }
  }

  /// Nil where those who have the lock are using the bridge by now, or have taken it away.
  private func lockAlone(_ path: String) throws(DelegateError) -> SharedLock? {
    do throws(SystemError) { return try SharedLock(path, .exclusive, waiting: Waits.bridgeLockAlone) } catch {
      guard try unused() != nil else { return nil }
      throw .system(error)
    }
  }

  /// The bridge, if we made it and its ports, all of which lead to gateway interfaces of ours; nil if there are others.
  private func unused() throws(DelegateError) -> (bridge: Link, ports: [Link])? {
    guard let bridge = try named(), case .bridge = bridge.kind, bridge.group == Self.mark else { return nil }
    let ports = try netlink { () throws(NetlinkError) in try host.route.links(ofMaster: bridge.index) }
    return ports.allSatisfy { $0.group == Self.mark } ? (bridge, ports) : nil
  }

  /// The gateways of its VLANs that lead nowhere: who made them was killed before plugging them in.
  private func looseGateways() throws(DelegateError) -> [Link] {
    let marked = try netlink { () throws(NetlinkError) in try host.route.links(group: Self.mark) }
    return marked.filter { link in
      guard link.kind == .veth, link.name.hasPrefix("\(name)."), UInt16(link.name.dropFirst(name.text.count + 1)) != nil
      else { return false }
      return marked.contains { $0.index == link.parent && $0.master == nil }
    }
  }
}
