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

  /// The link group ("bprm" in ASCII) of the ports whose Pods need a promiscuous bridge.
  static let promiscuousPort: UInt32 = 0x6270_726d
  /// The alternative name of a bridge of somebody else's that is promiscuous only for our Pods. It goes together with the last of
  /// them. The kernel keeps it across crashes, as it keeps the promiscuity.
  private var promiscuityNote: String { "\(name)-promiscuous-by-braid" }

  /// Returns the bridge, up; makes it if it is missing. Two processes that make it at once get the same bridge.
  func ensure(reclaimable: Bool) throws(DelegateError) -> Link {
    if let link = try usable() {
      if reclaimable, configuration.promiscMode, !link.isPromiscuous { noteThatItWasNotPromiscuous(link) }
      guard link.group != Self.mark else { return try prepare(link) }
      return try prepare(link, keepingAddress: addressToKeep(link))
    }
    // Without an address of its own a bridge takes over its ports' addresses and changes with them.
    let bridge = NewLink(
      name: name, kind: .bridge(Bridge(vlanFiltering: configuration.vlan.isUsed)), mac: try .random(),
      mtu: configuration.link.mtu, group: reclaimable ? Self.mark : nil, isUp: true)
    var isNew = false
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try host.route.add(bridge) }
      isNew = true
      // A Pod that sends router advertisements must not change the node's own routes.
      try? host.sysctl.set(.ipv6, "conf/\(name)/accept_ra", "0")
    } catch {
      guard case .netlink(let cause) = error else { throw error }
      // Newer kernels without VLAN filtering refuse the attribute that asks for it. A kernel without bridges has words for that.
      if configuration.vlan.isUsed, case .refused(_, _, .notSupportedOnSocket, "") = cause {
        throw .plugin(BridgeError.kernelWithoutVLANFiltering(name))
      }
      guard cause.errno == .fileExists else { throw error }
    }
    guard let link = try find() else { throw .plugin(BridgeError.vanished(name)) }
    // Older kernels ignore it.
    if configuration.vlan.isUsed, case .bridge(let made) = link.kind, !made.vlanFiltering {
      throw .plugin(isNew ? BridgeError.kernelWithoutVLANFiltering(name) : .noVLANFiltering(name))
    }
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
  /// counters. `mac` is set as the bridge's own address.
  private func prepare(_ link: Link, keepingAddress mac: MACAddress? = nil) throws(DelegateError) -> Link {
    let promiscuous = configuration.promiscMode && !link.isPromiscuous
    if !link.isUp || promiscuous || mac != nil {
      try netlink { () throws(NetlinkError) in
        try host.route.change(link, LinkChange(isUp: true, isPromiscuous: promiscuous ? true : nil, mac: mac))
      }
    }
    return link
  }

  /// The address that a bridge of somebody else's would lose to our port; nil if it keeps its address anyway.
  ///
  /// A bridge without ports takes the first port's address, unless somebody has set one. The kernel does not say whether somebody has.
  /// With other ports it keeps the lowest address of these, because our ports' addresses are high (`NodeEnd`). A bridge that
  /// runs has ports, so most calls need no list of them.
  private func addressToKeep(_ bridge: Link) throws(DelegateError) -> MACAddress? {
    guard !bridge.isRunning, let mac = bridge.mac, !mac.isZero else { return nil }
    return try netlink { () throws(NetlinkError) in try host.route.links(ofMaster: bridge.index) }.isEmpty ? mac : nil
  }

  /// Without the note the bridge stays promiscuous, so a kernel that refuses it does not matter.
  private func noteThatItWasNotPromiscuous(_ bridge: Link) {
    try? host.route.execute(AlternativeName.add(promiscuityNote, to: bridge))
  }

  /// Ends the promiscuity of a bridge of somebody else's that was not promiscuous before our Pods came, when the last of these has
  /// gone. Two processes never do so at once, nor while an ADD plugs in: that is what the lock is for.
  func endPromiscuity(lock path: String?) throws(DelegateError) {
    guard let path, configuration.promiscMode, try promiscuousForNobody() != nil else { return }
    let lock = try system { () throws(SystemError) in try SharedLock(path, .exclusive, waiting: Waits.bridgeLockAlone) }
    defer { _ = lock }
    guard let bridge = try promiscuousForNobody() else { return }
    try netlink { () throws(NetlinkError) in
      try host.route.execute([
        LinkChange(isPromiscuous: false).request(bridge.index, label: bridge.name),
        AlternativeName.delete(promiscuityNote, from: bridge),
      ])
    }
  }

  /// The bridge, if it has the note and none of its ports needs the promiscuity any more.
  private func promiscuousForNobody() throws(DelegateError) -> Link? {
    guard let bridge = try named(), bridge.alternativeNames.contains(promiscuityNote) else { return nil }
    let ports = try netlink { () throws(NetlinkError) in try host.route.links(ofMaster: bridge.index) }
    return ports.contains { $0.group == Self.promiscuousPort } ? nil : bridge
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
