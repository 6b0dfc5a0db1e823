import CNI
import Netlink
import NetworkTypes
import Plugins
import System

/// Keeps router advertisements from giving an interface more than its attachment may have, where the delegates that made the
/// interface did not.
///
/// The kernel heeds advertisements as soon as the interface is up. So the sysctl comes first, and then everything goes that came
/// before it. Nothing can come in between.
struct AdvertisementKeeper {
  let container: NodeNamespace
  let interface: InterfaceName
  let link: Link

  /// From now on advertisements give no default route. The caller removes the default routes that there are.
  func refuseDefaultRoutes() { refine("accept_ra_defrtr") }

  /// From now on advertisements give nothing. Removes the addresses and routes that they gave. `ips` stay: their lifetimes are the
  /// delegates' own.
  func refuseAll(keeping ips: [CNIResult.IP]) throws(NetlinkError) {
    refine("accept_ra")
    let given = try container.route.addresses(of: link).filter { address in
      address.cidr.family == .ipv6 && !address.isPermanent && !address.cidr.address.isLinkLocal
        && !ips.contains { $0.address.address == address.cidr.address }
    }
    for address in given {
      try container.route.execute(Address.delete(address.cidr, from: link), passing: .addressNotAvailable)
    }
    // The route to the network of such an address stays behind.
    let networks = given.map(\.cidr.network).filter { network in !ips.contains { $0.address.network == network } }
    for route in try container.route.routes(.ipv6, link: link.index)
    where route.isAdvertised || networks.contains(route.destination) {
      try container.route.execute(route.delete, passing: .noSuchProcess)
    }
  }

  /// A kernel without IPv6 has no such key, and a read-only `/proc/sys` must not fail the ADD. The built-in plugins do the same.
  private func refine(_ key: String) { try? container.sysctl.set(.ipv6, "conf/\(interface)/\(key)", "0") }
}

extension RouteSocket {
  /// Sends one request. An answer with this error is a success: the object is gone already.
  mutating func execute(_ request: Request, passing errno: Errno) throws(NetlinkError) {
    do { try execute(request) } catch {
      guard error.errno == errno else { throw error }
    }
  }
}
