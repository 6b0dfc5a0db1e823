import CNI
import Netlink
import NetworkTypes

/// What of an interface's addresses and routes is not as a result says.
package enum AttachmentDifference: Equatable, Sendable {
  case down(String)
  case addressMissing(CIDR, String)
  /// The address's own network is not reached through the link.
  case networkMissing(CIDR, gateway: IPAddress?, String)
  case routeMissing(CNIResult.Route)
}

/// Compares the state, addresses and routes of a container's interface with a result.
struct AttachmentCheck {
  private let own: ContainerLink
  private let result: CNIResult

  init(_ own: ContainerLink, _ result: CNIResult) { (self.own, self.result) = (own, result) }

  /// Throws the first difference, made an error by `wrap`.
  func run(_ wrap: (AttachmentDifference) -> DelegateError) throws(DelegateError) {
    let name = own.link.name
    let ips = result.ips.filter { ip in
      ip.interface.map { result.interfaces.indices.contains($0) && result.interfaces[$0].name == name } ?? true
    }
    let addresses = try netlink { () throws(NetlinkError) in try own.namespace.route.addresses(of: own.link) }
    let main = try mainRoutes(ips)
    for ip in ips {
      guard addresses.contains(where: { $0.cidr == ip.address }) else { throw wrap(.addressMissing(ip.address, name)) }
      // A single address has no network around it.
      guard ip.address.prefixLength < ip.address.family.bits else { continue }
      guard main.contains(where: { $0.destination == ip.address.network }) else {
        throw wrap(.networkMissing(ip.address, gateway: ip.gateway, name))
      }
    }
    guard own.link.isUp else { throw wrap(.down(name)) }
    for route in result.routes {
      let wanted = own.route(route, ips)
      let present = wanted.table == nil ? main : try routes(route.dst.family, table: wanted.table)
      guard present.contains(where: { $0.destination == route.dst.network && $0.gateway == wanted.gateway }) else {
        throw wrap(.routeMissing(route))
      }
    }
  }

  /// The main table's routes of the families that the result is about.
  private func mainRoutes(_ ips: [CNIResult.IP]) throws(DelegateError) -> [Route] {
    var found: [Route] = []
    for family in Set(ips.map(\.address.family) + result.routes.map(\.dst.family)) { found += try routes(family, table: nil) }
    return found
  }

  private func routes(_ family: AddressFamily, table: UInt32?) throws(DelegateError) -> [Route] {
    try netlink { () throws(NetlinkError) in try own.namespace.route.routes(family, table: table) }
  }
}
