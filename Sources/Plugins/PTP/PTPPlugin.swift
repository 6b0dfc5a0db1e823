import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// `ptp`: a veth pair between the container and the node, which routes every packet.
///
/// The container reaches its own network through the gateway, and the gateway on the link. The node has the gateway's address on its
/// end, and a route to each of the container's addresses.
struct PTPPlugin: InterfacePlugin {
  let configuration: PTPConfiguration

  init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    self.configuration = try PTPConfiguration(configuration)
  }

  let macSources: [MACSource] = []

  // MARK: - ADD

  /// Returns the node's end.
  func makeLinks(_ site: InterfaceSite, _ ground: Void) throws(DelegateError) -> Link {
    try VethPair.make(site, mtu: configuration.link.mtu)
  }

  func configureLinks(_ port: Link, _ site: InterfaceSite, _ result: inout CNIResult) throws(DelegateError) {
    result = configuration.completed(result, defaultRoutes: site.call.options.defaultRoutes, site.call.options.nodeBounds)
    try checkBounds(result, site.call.options.nodeBounds)
    let hops = try Hop.all(of: result)
    // Whether the node forwards a family depends on the network, not on the addresses that somebody asks for.
    let families = hops.map(\.address.family) + (site.call.options.nodeBounds?.gateways ?? []).map(\.address.family)
    try site.host.forward(families)
    // A Pod could send router advertisements. They must not change the node's own routes. Without IPv6 there is no such key.
    do { try site.host.sysctl.set(.ipv6, "conf/\(port.name)/accept_ra", "0") } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw .system(error) }
    }
    let own = try VethPair.containerEnd(of: port, site)
    // Of several addresses of one network the first is the source.
    var routes: [Route] = []
    for route in hops.flatMap({ $0.routes(in: own.link) }) where !routes.contains(where: { $0.destination == route.destination })
    {
      routes.append(route)
    }
    try own.configure(result, site.call.options, own: routes)
    try configureNodeEnd(port, site.host, hops)
    own.announce(result.ips)
    result.interfaces = [.init(port), .init(own.link, sandbox: site.call.netns)]
    for i in result.ips.indices { result.ips[i].interface = 1 }
    if configuration.link.hasDNS { result.dns = configuration.link.dns }
  }

  /// Gives the node's end the addresses of the gateways, and the node a route to each address of the container.
  private func configureNodeEnd(_ port: Link, _ host: NodeNamespace, _ hops: [Hop]) throws(DelegateError) {
    if hops.contains(where: { $0.address.family == .ipv6 }) {
      try system { () throws(SystemError) in try host.sysctl.set(.ipv6, "conf/\(port.name)/disable_ipv6", "0") }
    }
    var gateways: [IPAddress] = []
    for hop in hops where !gateways.contains(hop.gateway) { gateways.append(hop.gateway) }
    let routes = hops.map { hop in
      let route = hop.route(over: port)
      return route.add.about(route.description(dev: port.name))
    }
    let requests = gateways.map { Address.add(CIDR(host: $0), to: port) } + routes
    try netlink { () throws(NetlinkError) in try host.route.execute(requests) }
  }

  func removeLinks(_ port: Link, _ site: InterfaceSite) throws(DelegateError) {
    try netlink { () throws(NetlinkError) in _ = try site.host.route.deleteLink(index: port.index, label: port.name) }
  }

  // MARK: - DEL

  static func deleteLinks(_ call: DelegateCall, on node: Node) throws(DelegateError) { try VethPair.delete(call, on: node) }

  // MARK: - CHECK

  func isOfOurKind(_ link: Link) -> Bool { link.kind == .veth }

  /// The node's end must be there, with the gateways' addresses and a route to each address of the container.
  func compare(_ own: Link, _ ground: Void?, _ check: inout InterfaceCheck) throws(DelegateError) {
    let host = check.host
    guard let index = own.parent, let port = try netlink({ () throws(NetlinkError) in try host.route.link(index: index) }),
      port.kind == .veth, port.parent == own.index
    else { return check.report(PTPError.check(.portMissing(own.name))) }
    // A later plugin may have added addresses of other interfaces.
    let hops = check.previous.ips(of: own.name).compactMap(Hop.init)
    let present = try netlink { () throws(NetlinkError) in try host.route.addresses(of: port) }
    for hop in hops where !present.contains(where: { $0.cidr.address == hop.gateway }) {
      check.report(PTPError.check(.gatewayMissing(hop.gateway, port.name)))
    }
    for family in Set(hops.map(\.address.family)) {
      let routes = try netlink { () throws(NetlinkError) in try host.route.routes(family, link: port.index) }
      for hop in hops where hop.address.family == family {
        let wanted = CIDR(host: hop.address.address)
        if !routes.contains(where: { $0.destination == wanted }) {
          check.report(PTPError.check(.routeMissing(hop.address.address, port.name)))
        }
      }
    }
  }

  static func failure(_ difference: InterfaceDifference) -> any PluginFailure { PTPError.check(.interface(difference)) }
}

/// One address of the container, and its gateway: the address of the node's end.
private struct Hop {
  let address: CIDR
  let gateway: IPAddress

  /// Nil for an address without a gateway of its family. The kernel takes 0.0.0.0 and :: for none.
  init?(_ ip: CNIResult.IP) {
    guard let gateway = ip.gateway, gateway.family == ip.address.family, !gateway.isUnspecified else { return nil }
    (address, self.gateway) = (ip.address, gateway)
  }

  /// Throws `PTPError.noGateway` for an address without a gateway, since the container has no other next hop, and
  /// `PTPError.ownGateway` for a gateway that is the container's own.
  static func all(of result: CNIResult) throws(DelegateError) -> [Hop] {
    var hops: [Hop] = []
    for ip in result.ips {
      guard let hop = Hop(ip) else { throw .plugin(PTPError.noGateway(ip.address)) }
      if result.ips.contains(where: { $0.address.address == hop.gateway }) { throw .plugin(PTPError.ownGateway(hop.gateway)) }
      hops.append(hop)
    }
    return hops
  }

  /// The container's routes: one to the gateway on the link, and one through it to the rest of the network. A network of a single
  /// address (/32, /128) has no rest.
  func routes(in link: Link) -> [Route] {
    var routes = [Route(to: CIDR(host: gateway), link: link.index, source: address.address, scope: UInt8(Route.linkScope))]
    if address.prefixLength < address.family.bits {
      routes.append(Route(to: address.network, via: gateway, link: link.index, source: address.address))
    }
    return routes
  }

  /// The node's route to the address.
  func route(over port: Link) -> Route { Route(to: CIDR(host: address.address), link: port.index, scope: UInt8(Route.hostScope)) }
}
