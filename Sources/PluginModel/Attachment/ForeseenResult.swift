import CNI
import NetworkTypes

/// A result that an IPAM plugin may give at an ADD, computed without a node.
package struct ForeseenResult: Sendable {
  /// Which free address a pool gives is not known, so the address is one of its range.
  package var result: CNIResult
  /// The key that each address comes from.
  package let addressPaths: [ConfigurationError.KeyPath]

  package init(_ result: CNIResult = CNIResult(), addressPaths: [ConfigurationError.KeyPath] = []) {
    (self.result, self.addressPaths) = (result, addressPaths)
  }
}

extension ForeseenResult {
  /// Throws if an interface cannot have one of the addresses.
  func checkAddresses() throws(AttachmentProblem) {
    var seen: Set<IPAddress> = []
    for (i, ip) in result.ips.enumerated() {
      let address = ip.address.address
      let rule: AttachmentProblem.AddressRule
      if !seen.insert(address).inserted {
        rule = .doubled
      } else if address.isUnicast {
        continue
      } else {
        rule = address.isUnspecified ? .unspecified : address.isLoopback ? .loopback : .multicast
      }
      throw .address(ip.address, rule, addressPaths.indices.contains(i) ? addressPaths[i] : .init("ipam"))
    }
  }

  /// An IPv6 address, or the destination of an IPv6 route, of the interface. Nil if it has none.
  func needOfIPv6(_ call: PlannedCall) -> CIDR? {
    let routes = result.routes.filter { !$0.isDefault || call.defaultRoutes.contains($0.dst.family) }.map(\.dst)
    return (result.ips.map(\.address) + routes + call.gateways.map { CIDR(host: $0) }).first { $0.family == .ipv6 }
  }

  /// Throws if the kernel would refuse a route.
  ///
  /// The plugin adds the routes in their order. `own` is how many of them the IPAM plugin's configuration lists. With
  /// `routesToGateways` the plugin itself adds routes to the gateways.
  func checkRoutes(_ call: PlannedCall, own: Int, routesToGateways: Bool) throws(AttachmentProblem) {
    var reach = Reach(result.ips, gatewaysToo: routesToGateways)
    for (i, route) in result.routes.enumerated() where !route.isDefault || call.defaultRoutes.contains(route.dst.family) {
      let path = ConfigurationError.KeyPath("ipam")
      let entry = path.appending("routes").appending(i)
      let key = i >= own ? path : route.gw == nil ? entry : entry.appending("gw")
      let later = result.routes[(i + 1)...]
      if let gateway = route.nextHop(among: result.ips) {
        try check(gateway, of: route, reach, later, key)
      } else {
        reach.onLink.append(route.dst)
      }
    }
    // A plugin with routes to the gateways has none to the rest of the network, and the engine's route is not marked as on the link.
    reach.hasNetworks = !routesToGateways
    for gateway in call.gateways {
      guard let everywhere = try? CIDR(IPAddress(family: gateway.family, value: 0), prefixLength: 0) else { continue }
      try check(gateway, of: .init(dst: everywhere, gw: gateway), reach, [], .init())
    }
  }

  private func check(
    _ gateway: IPAddress, of route: CNIResult.Route, _ reach: Reach, _ later: ArraySlice<CNIResult.Route>,
    _ path: ConfigurationError.KeyPath
  ) throws(AttachmentProblem) {
    func problem(_ rule: AttachmentProblem.NextHopRule) -> AttachmentProblem { .nextHop(gateway, to: route.dst, rule, path) }
    guard gateway.family == route.dst.family else { throw problem(.otherFamily) }
    if gateway.family == .ipv4, let scope = route.scope, scope >= CNIResult.Route.linkScope { throw problem(.scope) }
    guard !gateway.isUnspecified, !gateway.isMulticast, !reach.isBroadcast(gateway) else { throw problem(.notUnicast) }
    guard !reach.contains(gateway) else { return }
    let isLater = later.contains { $0.nextHop(among: result.ips) == nil && $0.dst.contains(gateway) }
    throw problem(isLater ? .reachedTooLate : .unreachable)
  }
}

/// The addresses that the interface reaches on its link.
private struct Reach {
  let ips: [CNIResult.IP]
  let gatewaysToo: Bool
  /// Whether the interface reaches all of the addresses' networks.
  var hasNetworks = true
  /// The destinations of the routes on the link.
  var onLink: [CIDR] = []

  init(_ ips: [CNIResult.IP], gatewaysToo: Bool) { (self.ips, self.gatewaysToo) = (ips, gatewaysToo) }

  func contains(_ address: IPAddress) -> Bool {
    // Every IPv6 interface reaches the link-local addresses of its link.
    if address.family == .ipv6, address.isLinkLocal { return true }
    return ips.contains { hasNetworks && $0.address.contains(address) || gatewaysToo && $0.gateway == address }
      || onLink.contains { $0.contains(address) }
  }

  /// Whether the address is the broadcast address of one of the networks. The kernel takes none for a next hop.
  func isBroadcast(_ address: IPAddress) -> Bool {
    address.family == .ipv4
      && ips.contains { $0.address.contains(address) && $0.address.prefixLength < 31 && $0.address.last == address }
  }
}

extension CNIResult.Route {
  /// RT_SCOPE_LINK of rtnetlink(7).
  package static let linkScope = 253

  /// The next hop: the route's own, else the gateway of the first address of its family that has one. A route of link scope needs
  /// none. Nil if the destination is on the link, which IPv4 also writes as 0.0.0.0.
  package func nextHop(among ips: [CNIResult.IP]) -> IPAddress? {
    let familys = ips.first { $0.address.family == dst.family && $0.gateway != nil }?.gateway
    guard let hop = gw ?? (scope == Self.linkScope ? nil : familys) else { return nil }
    return hop.family == .ipv4 && hop.isUnspecified ? nil : hop
  }
}
