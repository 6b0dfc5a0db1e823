import CNI
import Netlink
import NetworkTypes

/// Compares the state, addresses and routes of a container's interface with a result.
struct AttachmentCheck {
  private let own: ContainerLink
  private let result: CNIResult
  /// Whether the result may lack the table and scope of its routes (`PreviousResult.mayLackRouteDetails`).
  private let lacksDetails: Bool

  init(_ own: ContainerLink, _ result: CNIResult, lacksDetails: Bool = false) {
    (self.own, self.result, self.lacksDetails) = (own, result, lacksDetails)
  }

  /// Every difference, in the order in which the reference plugins look.
  func differences() throws(DelegateError) -> [AttachmentDifference] {
    let name = own.link.name
    let ips = result.ips(of: name)
    let addresses = try netlink { () throws(NetlinkError) in try own.namespace.route.addresses(of: own.link) }
    var tables = RoutingTables(own)
    var found: [AttachmentDifference] = []
    for ip in ips {
      if !addresses.contains(where: { $0.cidr == ip.address }) {
        found.append(.addressMissing(ip.address, name))
        // A missing address has no route to its network either.
      } else if ip.address.hasPrefixRoute,
        try !tables.contains(ip.address.family, where: { $0.destination == ip.address.network })
      {
        found.append(.networkMissing(ip.address, gateway: ip.gateway, name))
      }
    }
    if !own.link.isUp { found.append(.down(name)) }
    for route in result.routes where try !isPresent(route, ips, &tables) { found.append(.routeMissing(route)) }
    return found
  }

  private func isPresent(
    _ route: CNIResult.Route, _ ips: [CNIResult.IP], _ tables: inout RoutingTables
  ) throws(DelegateError) -> Bool {
    let wanted = own.route(route, ips)
    // A route without a gateway may be another interface's, and lead through the gateway there.
    let isOthers = route.gw == nil && ips.count < result.ips.count
    // Without its scope, a route on the link looks like one through the gateway.
    let mayBeOnLink = lacksDetails && route.gw == nil && route.scope == nil
    return try tables.contains(route.dst.family, table: wanted.table) { present in
      guard present.destination == route.dst.network else { return false }
      return isOthers || present.gateway == wanted.gateway || mayBeOnLink && present.gateway == nil
    }
  }
}

/// The container's routes, as far as the comparison has asked for them.
private struct RoutingTables {
  private let own: ContainerLink
  private var main: [AddressFamily: [Route]] = [:]
  private var all: [AddressFamily: [Route]] = [:]

  init(_ own: ContainerLink) { self.own = own }

  /// Whether a table has such a route. With nil that is the main table.
  ///
  /// A later plugin of the chain, such as sbr or vrf, may have moved the interface's routes from the main table into another one.
  /// They are found there too.
  mutating func contains(
    _ family: AddressFamily, table: UInt32? = nil, where matches: (Route) -> Bool
  ) throws(DelegateError) -> Bool {
    let namespace = own.namespace
    if let table {
      return try netlink { () throws(NetlinkError) in try namespace.route.routes(family, table: table) }.contains(where: matches)
    }
    if main[family] == nil { main[family] = try netlink { () throws(NetlinkError) in try namespace.route.routes(family) } }
    if main[family]?.contains(where: matches) == true { return true }
    if all[family] == nil {
      all[family] = try netlink { () throws(NetlinkError) in try namespace.route.routesOfAllTables(family) }
    }
    return all[family]?.contains { $0.link == own.link.index && matches($0) } ?? false
  }
}

extension CIDR {
  /// Whether the kernel adds a unicast route to the network of an address: not for a single address (/32, /128), and not for an
  /// IPv4 network in 0.0.0.0/8 or of multicast addresses.
  fileprivate var hasPrefixRoute: Bool {
    prefixLength < family.bits && (family == .ipv6 || network.address.value >> 24 != 0 && !network.address.isMulticast)
  }
}

extension CNIResult {
  /// The addresses of the interface with that name, and those that name no interface.
  func ips(of name: String) -> [IP] {
    ips.filter { ip in ip.interface.map { interfaces.indices.contains($0) && interfaces[$0].name == name } ?? true }
  }
}
