import CNI
import Netlink
import NetworkTypes
import PluginModel

/// An interface with its addresses, and the routes that each address needs in a table of its own.
struct SourceRouting {
  let container: NodeNamespace
  let link: Link
  /// The interface's addresses. None occurs twice.
  let ips: [CNIResult.IP]
  /// The configured next hops of the default routes.
  private let gateways: [IPAddress]

  /// Throws `SBRError` if the interface is not there, or has no address.
  init(_ call: DelegateCall, _ result: CNIResult, _ configuration: SBRConfiguration, on node: Node) throws(DelegateError) {
    let container = try node.container(call.netns)
    let ips = result.ips(of: call.ifName.text)
    guard !ips.isEmpty else { throw .plugin(SBRError.noAddress(call.ifName.text)) }
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      throw .linkMissing(call.ifName, netns: call.netns)
    }
    (self.container, self.link, self.ips, gateways) = (container, link, ips, configuration.gateways)
  }

  /// The interface's routes in the main table.
  func mainRoutes() throws(DelegateError) -> [Route] {
    try netlink { () throws(NetlinkError) in
      var found: [Route] = []
      for family in Set(ips.map(\.address.family)) { found += try container.route.routes(family, link: link.index) }
      return found
    }
  }

  /// The routes of the table of one address, in an order in which the kernel accepts them: those on the link first.
  ///
  /// The kernel's own route to the network of an address goes into the table of this address only.
  func routes(of ip: CNIResult.IP, from main: [Route], table: UInt32) -> [Route] {
    var routes = main.filter { belongs($0, to: ip.address) && !$0.isDefault }
    if let gateway = gateways.first(where: { $0.family == ip.address.family }) {
      routes.append(defaultRoute(gateway, routes))
    } else {
      let defaults = main.filter { $0.isDefault && belongs($0, to: ip.address) }
      routes += defaults
      if defaults.isEmpty, let gateway = ip.gateway, gateway.family == ip.address.family {
        routes.append(defaultRoute(gateway, routes))
      }
    }
    for i in routes.indices {
      (routes[i].table, routes[i].protocol) = (table, Route.sourceRouting)
      // Packets that come here have their source address. IPv6 refuses one that is not usable yet.
      if ip.address.family == .ipv6 { routes[i].source = nil }
    }
    return routes.filter { $0.gateway == nil } + routes.filter { $0.gateway != nil && !$0.isDefault }
      + routes.filter { $0.gateway != nil && $0.isDefault }
  }

  /// Whether a route of the main table leaves it: all but those to machines on the link, and to the interface's own networks.
  func leavesMain(_ route: Route) -> Bool {
    guard !route.isDefault else { return true }
    return route.gateway != nil && !ips.contains { $0.address.network == route.destination.network }
  }

  private func defaultRoute(_ gateway: IPAddress, _ others: [Route]) -> Route {
    let everywhere = try? CIDR(IPAddress(family: gateway.family, value: 0), prefixLength: 0)
    guard let everywhere else { preconditionFailure("a prefix may have no bits") }
    let isReached =
      gateway.isLinkLocal && gateway.family == .ipv6 || others.contains { $0.gateway == nil && $0.destination.contains(gateway) }
    return Route(to: everywhere, via: gateway, link: link.index, isOnLink: !isReached)
  }

  /// Whether a route is for packets from this address, and not only for another one of the interface.
  private func belongs(_ route: Route, to address: CIDR) -> Bool {
    guard route.destination.family == address.family else { return false }
    let others = ips.map(\.address).filter { $0.family == address.family && $0 != address }
    if let source = route.source, source != address.address, others.contains(where: { $0.address == source }) {
      return false
    }
    func isOf(_ network: CIDR) -> Bool {
      route.gateway.map { network.contains($0) } ?? (network.network == route.destination.network)
    }
    return isOf(address) || !others.contains(where: isOf)
  }
}
