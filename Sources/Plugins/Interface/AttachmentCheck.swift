import CNI
import Netlink
import NetworkTypes

/// Compares the state, addresses and routes of a container's interface with a result.
struct AttachmentCheck {
  private let own: ContainerLink
  private let result: CNIResult

  init(_ own: ContainerLink, _ result: CNIResult) { (self.own, self.result) = (own, result) }

  /// Every difference, in the order in which the reference plugins look.
  func differences() throws(DelegateError) -> [AttachmentDifference] {
    let name = own.link.name
    let ips = result.ips(of: name)
    let addresses = try netlink { () throws(NetlinkError) in try own.namespace.route.addresses(of: own.link) }
    let main = try mainRoutes(ips)
    var found: [AttachmentDifference] = []
    for ip in ips {
      if !addresses.contains(where: { $0.cidr == ip.address }) {
        found.append(.addressMissing(ip.address, name))
        // A missing address has no route to its network either. A single address (/32, /128) never has one.
      } else if ip.address.prefixLength < ip.address.family.bits, !main.contains(where: { $0.destination == ip.address.network })
      {
        found.append(.networkMissing(ip.address, gateway: ip.gateway, name))
      }
    }
    if !own.link.isUp { found.append(.down(name)) }
    for route in result.routes {
      let wanted = own.route(route, ips)
      let present = wanted.table == nil ? main : try routes(route.dst.family, table: wanted.table)
      // A route without a gateway may be another interface's, and lead through the gateway there.
      let isOthers = route.gw == nil && ips.count < result.ips.count
      if !present.contains(where: { $0.destination == route.dst.network && (isOthers || $0.gateway == wanted.gateway) }) {
        found.append(.routeMissing(route))
      }
    }
    return found
  }

  /// The main table's routes of the families in the result.
  private func mainRoutes(_ ips: [CNIResult.IP]) throws(DelegateError) -> [Route] {
    var found: [Route] = []
    for family in Set(ips.map(\.address.family) + result.routes.map(\.dst.family)) { found += try routes(family, table: nil) }
    return found
  }

  private func routes(_ family: AddressFamily, table: UInt32?) throws(DelegateError) -> [Route] {
    try netlink { () throws(NetlinkError) in try own.namespace.route.routes(family, table: table) }
  }
}

extension CNIResult {
  /// The addresses of the interface with that name, and those that name no interface.
  func ips(of name: String) -> [IP] {
    ips.filter { ip in ip.interface.map { interfaces.indices.contains($0) && interfaces[$0].name == name } ?? true }
  }
}
