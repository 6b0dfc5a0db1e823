import CNI
import NetworkTypes

extension BridgeConfiguration {
  /// Adds gateways and default routes, as `isGateway` and `isDefaultGateway` ask for. The gateway is that of the bounds, else the
  /// network's first address.
  package func completed(
    _ addresses: CNIResult, defaultRoutes: [AddressFamily], _ bounds: NodeBounds? = nil
  ) -> CNIResult {
    var result = addresses
    var families: Set<AddressFamily> = []
    for i in result.ips.indices {
      let address = result.ips[i].address
      if isGateway, result.ips[i].gateway == nil {
        result.ips[i].gateway = bounds?.gateway(of: address) ?? address.network.address.advanced(by: 1)
      }
      guard isDefaultGateway, defaultRoutes.contains(address.family), let gateway = result.ips[i].gateway,
        families.insert(address.family).inserted,
        !result.routes.contains(where: { $0.isDefault && $0.dst.family == address.family && $0.gw != nil }),
        let everywhere = try? CIDR(IPAddress(family: address.family, value: 0), prefixLength: 0)
      else { continue }
      result.routes.append(.init(dst: everywhere, gw: gateway))
    }
    return result
  }

  /// The bridge has one IPv4 address, and no two IPv6 addresses of one network.
  package func check(_ addresses: CNIResult, _ bounds: NodeBounds? = nil) throws(AttachmentProblem) {
    guard isGateway else { return }
    try bounds?.check(addresses)
    guard !forceAddress else { return }
    var gateways: [CIDR] = []
    for ip in addresses.ips {
      guard let gateway = ip.gateway, let cidr = try? CIDR(gateway, prefixLength: ip.address.prefixLength) else { continue }
      if gateways.contains(cidr) { continue }
      if let other = gateways.first(where: { $0.family == cidr.family && (cidr.family == .ipv4 || $0.overlaps(cidr)) }) {
        throw .severalGateways(other.address, gateway, bridge: (vlanGateway ?? bridge).text)
      }
      gateways.append(cidr)
    }
  }
}

extension NodeBounds {
  /// Throws if an address would give the node another gateway, or a route to another network, than the policy names.
  func check(_ addresses: CNIResult) throws(AttachmentProblem) {
    guard let gateways else { return }
    for ip in addresses.ips {
      guard let own = gateway(of: ip.address) else { throw .otherNetwork(ip.address, gateways.map(\.network)) }
      if let gateway = ip.gateway, gateway != own { throw .otherGateway(gateway, own) }
    }
  }
}
