import CNI
import Netlink
import NetworkTypes

/// What of an interface's addresses and routes is not as a result says.
package enum AttachmentDifference: Equatable, Sendable {
  case addressMissing(CIDR, String)
  case routeMissing(CIDR, via: IPAddress?)
}

/// Compares the addresses and routes in a container with a result.
struct AttachmentCheck {
  private let own: ContainerLink
  private let result: CNIResult
  private let interface: String

  init(_ own: ContainerLink, _ result: CNIResult, interface: String) {
    (self.own, self.result, self.interface) = (own, result, interface)
  }

  /// Throws the first difference, made an error by `wrap`.
  func run(_ wrap: (AttachmentDifference) -> DelegateError) throws(DelegateError) {
    let ips = result.ips.filter { ip in
      ip.interface.map { result.interfaces.indices.contains($0) && result.interfaces[$0].name == interface } ?? true
    }
    let addresses = try netlink { () throws(NetlinkError) in try own.namespace.route.addresses(of: own.link) }
    for ip in ips where !addresses.contains(where: { $0.cidr == ip.address }) {
      throw wrap(.addressMissing(ip.address, interface))
    }
    for route in result.routes {
      let wanted = own.route(route, ips)
      let present = try netlink { () throws(NetlinkError) in
        try own.namespace.route.routes(route.dst.family, table: wanted.table)
      }
      guard present.contains(where: { $0.destination == route.dst.network && $0.gateway == wanted.gateway }) else {
        throw wrap(.routeMissing(route.dst, via: route.gw))
      }
    }
  }
}
