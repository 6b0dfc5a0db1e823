import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// The bridge on the node that Pods share.
struct HostBridge {
  let configuration: BridgeConfiguration
  let host: NodeNamespace
  /// The link group ("brid" in ASCII) of bridges that we made and may remove. The request that makes a link also sets its group;
  /// an alias would need a second request.
  static let mark: UInt32 = 0x6272_6964

  var name: InterfaceName { configuration.bridge }

  /// Returns the bridge, up; makes it if it is missing. Two processes that make it at once get the same bridge.
  func ensure(reclaimable: Bool) throws(DelegateError) -> Link {
    if let link = try usable() { return try prepare(link) }
    let bridge = NewLink(
      name: name, kind: .bridge(Bridge(vlanFiltering: configuration.vlan.isUsed)), mac: try Self.stableAddress(),
      mtu: configuration.link.mtu, group: reclaimable ? Self.mark : nil, isUp: true)
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try host.route.add(bridge) }
      // A Pod that sends router advertisements must not change the node's own routes.
      try? host.sysctl.set(.ipv6, "conf/\(name)/accept_ra", "0")
    } catch {
      guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
    }
    guard let link = try usable() else { throw .plugin(BridgeError.vanished(name)) }
    return try prepare(link)
  }

  /// The bridge; nil if no link has its name. Throws for a link of another kind.
  func find() throws(DelegateError) -> Link? {
    guard let link = try named() else { return nil }
    guard case .bridge = link.kind else { throw .plugin(BridgeError.notABridge(name)) }
    return link
  }

  /// The bridge; nil if no link has its name. Throws if it cannot be used as it is.
  func usable() throws(DelegateError) -> Link? {
    guard let link = try find() else { return nil }
    if configuration.vlan.isUsed, case .bridge(let bridge) = link.kind, !bridge.vlanFiltering {
      throw .plugin(BridgeError.noVLANFiltering(name))
    }
    return link
  }

  private func named() throws(DelegateError) -> Link? {
    try netlink { () throws(NetlinkError) in try host.route.link(named: name) }
  }

  /// Brings the bridge up, and makes it promiscuous if configured. Two ADDs may do so at once, because both are settings, not
  /// counters.
  private func prepare(_ link: Link) throws(DelegateError) -> Link {
    let promiscuous = configuration.promiscMode && !link.isPromiscuous
    if !link.isUp || promiscuous {
      try netlink { () throws(NetlinkError) in
        try host.route.change(link, LinkChange(isUp: true, isPromiscuous: promiscuous ? true : nil))
      }
    }
    return link
  }

  /// A random hardware address. Without one of its own a bridge takes over its ports' addresses and changes with them.
  private static func stableAddress() throws(DelegateError) -> MACAddress {
    var bytes = try system { () throws(SystemError) in try RandomBytes.get(6) }
    bytes[0] = bytes[0] & 0xfc | 0x02
    guard let mac = MACAddress(bytes: bytes) else { preconditionFailure("six bytes make an address") }
    return mac
  }

  /// Removes the bridge and its VLANs' gateway interfaces, if we made the bridge and no Pod is plugged in any more.
  ///
  /// An ADD shares the lock until it has plugged in; after that the bridge is in use. A link that has the bridge's name but is no
  /// bridge is somebody else's, and stays.
  func reclaim(lock path: String?) throws(DelegateError) {
    guard let path, try unused() != nil else { return }
    guard let lock = try lockAlone(path) else { return }
    defer { _ = lock }
    guard let (link, ports) = try unused() else { return }
    for port in try ports + looseGateways() + [link] {
      _ = try netlink { () throws(NetlinkError) in try host.route.deleteLink(index: port.index, label: port.name) }
    }
  }

  /// Nil if the bridge came into use, or was removed, while we waited for the lock.
  private func lockAlone(_ path: String) throws(DelegateError) -> SharedLock? {
    do throws(SystemError) { return try SharedLock(path, .exclusive, waiting: Waits.bridgeLockAlone) } catch {
      guard try unused() != nil else { return nil }
      throw .system(error)
    }
  }

  /// The bridge and its ports, if we made all of them. The ports then belong to gateway interfaces, and no Pod is plugged in. Nil
  /// otherwise.
  private func unused() throws(DelegateError) -> (bridge: Link, ports: [Link])? {
    guard let bridge = try named(), case .bridge = bridge.kind, bridge.group == Self.mark else { return nil }
    let ports = try netlink { () throws(NetlinkError) in try host.route.links(ofMaster: bridge.index) }
    return ports.allSatisfy { $0.group == Self.mark } ? (bridge, ports) : nil
  }

  /// The VLANs' gateway interfaces that are not plugged in: a killed process left them.
  private func looseGateways() throws(DelegateError) -> [Link] {
    let marked = try netlink { () throws(NetlinkError) in try host.route.links(group: Self.mark) }
    return marked.filter { link in
      guard link.kind == .veth, link.name.hasPrefix("\(name)."), UInt16(link.name.dropFirst(name.text.count + 1)) != nil
      else { return false }
      return marked.contains { $0.index == link.parent && $0.master == nil }
    }
  }
}
