import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// The gateways of a bridge network: their addresses on the bridge, or on the interface of its VLAN.
struct BridgeGateways {
  let configuration: BridgeConfiguration
  let host: NodeNamespace

  /// Adds gateways (the network's first address) and default routes to the IPAM's result, as the configuration asks for.
  func complete(_ addresses: CNIResult, defaultRoutes: [AddressFamily]) -> CNIResult {
    var result = addresses
    var families: Set<AddressFamily> = []
    for i in result.ips.indices {
      let address = result.ips[i].address
      if configuration.isGateway, result.ips[i].gateway == nil {
        result.ips[i].gateway = address.network.address.advanced(by: 1)
      }
      guard configuration.isDefaultGateway, defaultRoutes.contains(address.family), let gateway = result.ips[i].gateway,
        families.insert(address.family).inserted,
        !result.routes.contains(where: { $0.isDefault && $0.dst.family == address.family && $0.gw != nil }),
        let everywhere = try? CIDR(IPAddress(family: address.family, value: 0), prefixLength: 0)
      else { continue }
      result.routes.append(.init(dst: everywhere, gw: gateway))
    }
    return result
  }

  /// Sets the gateways' addresses on the node and turns on forwarding. Returns the VLAN's gateway interface if it has the
  /// addresses, nil if the bridge has them.
  func make(_ ips: [CNIResult.IP], on bridge: Link, reclaimable: Bool) throws(DelegateError) -> Link? {
    guard configuration.isGateway else { return nil }
    var addresses: [CIDR] = []
    for ip in ips {
      guard let gateway = ip.gateway, let cidr = try? CIDR(gateway, prefixLength: ip.address.prefixLength) else { continue }
      addresses.append(cidr)
    }
    guard !addresses.isEmpty else { return nil }
    let vlan = try BridgeVLANGateway(configuration, host)?.ensure(on: bridge, reclaimable: reclaimable)
    let changed = try add(addresses, to: vlan ?? bridge)
    if changed, vlan == nil { try keepAddress(of: bridge) }
    try host.forward(addresses.map(\.family))
    return vlan
  }

  /// STATUS: throws if no choice of these addresses, one of each list, would let `make` succeed with the link's present addresses.
  func check(_ choices: [[CNIResult.IP]], on bridge: Link) throws(DelegateError) {
    // A VLAN's gateway interface has the addresses then, and is made as needed.
    guard configuration.isGateway, !configuration.forceAddress, configuration.vlanGateway == nil else { return }
    var present = try netlink { () throws(NetlinkError) in try host.route.addresses(of: bridge) }.map(\.cidr)
    for choice in choices {
      let gateways = complete(CNIResult(ips: choice), defaultRoutes: []).ips.compactMap { ip in
        ip.gateway.flatMap { try? CIDR($0, prefixLength: ip.address.prefixLength) }
      }
      guard let wanted = gateways.first else { continue }
      guard let fitting = gateways.first(where: { present.contains($0) || Self.inTheWay(of: $0, present).isEmpty }) else {
        throw .plugin(BridgeError.otherAddress(configuration.bridge, wanted: wanted, isVLAN: false))
      }
      present.append(fitting)
    }
  }

  /// A link may have one IPv4 address, and IPv6 addresses that do not overlap.
  private static func inTheWay(of gateway: CIDR, _ present: [CIDR]) -> [CIDR] {
    present.filter { $0.family == gateway.family && (gateway.family == .ipv4 || $0.overlaps(gateway)) }
  }

  /// Adds the missing addresses; false if none is missing.
  ///
  /// `forceAddress` removes the addresses that are in the way.
  private func add(_ gateways: [CIDR], to link: Link) throws(DelegateError) -> Bool {
    var present = try netlink { () throws(NetlinkError) in try host.route.addresses(of: link) }.map(\.cidr)
    let missing = gateways.filter { !present.contains($0) }
    for gateway in missing {
      let others = Self.inTheWay(of: gateway, present)
      guard others.isEmpty || configuration.forceAddress else {
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
