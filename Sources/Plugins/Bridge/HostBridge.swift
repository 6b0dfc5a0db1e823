import CNI
import Glibc
import Netlink
import NetworkTypes
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
      try system { () throws(SystemError) in
        if host.sysctl.hasIPv6 { try host.sysctl.set(.ipv6, "conf/\(name)/accept_ra", "0") }
      }
    } catch {
      guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
    }
    guard let link = try find() else { throw .bridge(.vanished(name)) }
    return try prepare(link)
  }

  /// Nil if there is none; throws for a link of another kind.
  func find() throws(DelegateError) -> Link? {
    guard let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) }) else { return nil }
    guard case .bridge = link.kind else { throw .bridge(.notABridge(name)) }
    return link
  }

  private func prepare(_ link: Link) throws(DelegateError) -> Link {
    if configuration.vlan.isUsed, case .bridge(let bridge) = link.kind, !bridge.vlanFiltering {
      throw .bridge(.noVLANFiltering(name))
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

  /// Gives the bridge (or its VLAN interface) the gateway's address.
  func addGateway(_ gateway: CIDR, to link: Link) throws(DelegateError) {
    for address in try netlink({ () throws(NetlinkError) in try host.route.addresses(of: link) }) {
      let present = address.cidr
      if present == gateway { return }
      guard present.family == gateway.family, gateway.family == .ipv4 || present.overlaps(gateway) else { continue }
      guard configuration.forceAddress else { throw .bridge(.otherAddress(name, wanted: gateway)) }
      try netlink { () throws(NetlinkError) in try host.route.execute(Address.delete(present, from: link)) }
    }
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try host.route.execute(Address.add(gateway, to: link)) }
    } catch {
      // Another ADD was faster.
      guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
    }
    if let mac = link.mac, !mac.isZero {
      // Set to what it is, it stays so: it no longer follows the ports.
      try netlink { () throws(NetlinkError) in try host.route.change(link, LinkChange(mac: mac)) }
    }
  }

  /// Lets the node pass packets on, for the families that have a gateway here.
  func enableForwarding(_ families: Set<AddressFamily>) throws(DelegateError) {
    try system { () throws(SystemError) in
      if families.contains(.ipv4) { try host.sysctl.set(.ipv4, "ip_forward", "1") }
      if families.contains(.ipv6) { try host.sysctl.set(.ipv6, "conf/all/forwarding", "1") }
    }
  }

  /// Takes the bridge away if we made it and nothing is plugged in any more.
  ///
  /// An ADD that is about to plug in holds the namespace's lock; then the bridge stays.
  func reclaim() throws(DelegateError) {
    guard let link = try find(), link.group == Self.mark, try !hasPort(link),
      let lock = try? NamespaceLock(host.namespace, .exclusive, seconds: 0)
    else { return }
    defer { _ = lock }
    guard try !hasPort(link) else { return }
    _ = try netlink { () throws(NetlinkError) in try host.route.deleteLink(index: link.index, label: link.name) }
  }

  private func hasPort(_ bridge: Link) throws(DelegateError) -> Bool {
    try netlink { () throws(NetlinkError) in try host.route.links(ofMaster: bridge.index) }.isEmpty == false
  }
}
