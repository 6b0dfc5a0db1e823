import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// The gateways of a bridge network: their addresses on the bridge, or on the interface of its VLAN.
struct BridgeGateways {
  let configuration: BridgeConfiguration
  let host: NodeNamespace

  /// Sets the gateways' addresses on the node and turns on forwarding. Returns the VLAN's gateway interface if it has the
  /// addresses, nil if the bridge has them.
  func make(
    _ ips: [CNIResult.IP], _ bounds: NodeBounds?, on bridge: Link, reclaimable: Bool
  ) throws(DelegateError) -> Link? {
    guard configuration.isGateway else { return nil }
    var addresses = bounds?.needsAll == true ? (bounds?.gateways ?? []).compactMap(\.cidr) : []
    for ip in ips {
      guard let gateway = ip.gateway, let cidr = try? CIDR(gateway, prefixLength: ip.address.prefixLength) else { continue }
      if !addresses.contains(cidr) { addresses.append(cidr) }
    }
    guard !addresses.isEmpty else { return nil }
    let vlan = try BridgeVLANGateway(configuration, host)?.ensure(on: bridge, reclaimable: reclaimable)
    // Only the policy may take an address away from the node, not somebody who asks for an address of his own.
    let mayForce = configuration.forceAddress && (bounds?.asked.isEmpty ?? true)
    let changed = try add(addresses, to: vlan ?? bridge, removingOthers: mayForce)
    if changed, vlan == nil { try keepAddress(of: bridge) }
    try host.forward(addresses.map(\.family))
    return vlan
  }

  /// STATUS: throws if `make` would fail for each of the results that the IPAM plugin may give.
  func check(_ results: [ForeseenResult], on bridge: Link) throws(DelegateError) {
    // A VLAN's gateway interface has the addresses then, and is made as needed.
    guard configuration.isGateway, !configuration.forceAddress, configuration.vlanGateway == nil else { return }
    let present = try netlink { () throws(NetlinkError) in try host.route.addresses(of: bridge) }.map(\.cidr)
    var first: CIDR?
    for foreseen in results {
      guard let obstacle = obstacle(foreseen.result, present) else { return }
      first = first ?? obstacle
    }
    if let first { throw .plugin(BridgeError.otherAddress(configuration.bridge, wanted: first, isVLAN: false)) }
  }

  /// The first gateway of a result that the link cannot have beside its present addresses; nil if there is none.
  private func obstacle(_ addresses: CNIResult, _ present: [CIDR]) -> CIDR? {
    var present = present
    for ip in configuration.completed(addresses, defaultRoutes: []).ips {
      guard let address = ip.gateway, let gateway = try? CIDR(address, prefixLength: ip.address.prefixLength) else { continue }
      guard present.contains(gateway) || Self.inTheWay(of: gateway, present).isEmpty else { return gateway }
      present.append(gateway)
    }
    return nil
  }

  /// A link may have one IPv4 address, and IPv6 addresses that do not overlap.
  private static func inTheWay(of gateway: CIDR, _ present: [CIDR]) -> [CIDR] {
    present.filter { $0.family == gateway.family && (gateway.family == .ipv4 || $0.overlaps(gateway)) }
  }

  /// Adds the missing addresses; false if none is missing.
  ///
  /// With `removingOthers` it removes the addresses that are in the way.
  private func add(_ gateways: [CIDR], to link: Link, removingOthers: Bool) throws(DelegateError) -> Bool {
    var present = try netlink { () throws(NetlinkError) in try host.route.addresses(of: link) }.map(\.cidr)
    let missing = gateways.filter { !present.contains($0) }
    for gateway in missing {
      let others = Self.inTheWay(of: gateway, present)
      guard others.isEmpty || removingOthers else {
        let vlan = configuration.vlanGateway
        throw .plugin(BridgeError.otherAddress(vlan ?? configuration.bridge, wanted: gateway, isVLAN: vlan != nil))
      }
      // Another ADD may already have done either.
      for other in others { try execute(Address.delete(other, from: link), passing: .addressNotAvailable) }
      try execute(Address.add(gateway, to: link), passing: .fileExists)
      present = present.filter { !others.contains($0) } + [gateway]
    }
    return !missing.isEmpty
  }

  private func execute(_ request: Request, passing errno: Errno) throws(DelegateError) {
    do { try host.route.execute(request) } catch {
      guard error.errno == errno else { throw .netlink(error) }
    }
  }

  /// Sets the bridge's hardware address to its present value. From then on it no longer follows the ports' addresses.
  private func keepAddress(of bridge: Link) throws(DelegateError) {
    var mac = bridge.mac
    // On some kernels a bridge loses its address with its last port. By now our port has given it one.
    if mac == nil || mac?.isZero == true {
      mac = try netlink { () throws(NetlinkError) in try host.route.link(index: bridge.index) }?.mac
    }
    guard let mac, !mac.isZero else { return }
    try netlink { () throws(NetlinkError) in try host.route.change(bridge, LinkChange(mac: mac)) }
  }
}
