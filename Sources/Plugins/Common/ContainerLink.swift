import CNI
import Netlink
import NetworkTypes
import System

/// The container's end of an attachment: its addresses, routes and sysctls.
struct ContainerLink {
  let link: Link
  let name: InterfaceName
  let namespace: NodeNamespace

  /// The link of that name in the container; throws `DelegateError.linkMissing`.
  init(_ name: InterfaceName, in namespace: NodeNamespace) throws(DelegateError) {
    guard let link = try netlink({ () throws(NetlinkError) in try namespace.route.link(named: name) }) else {
      throw .linkMissing(name, netns: namespace.path)
    }
    (self.link, self.name, self.namespace) = (link, name, namespace)
  }

  /// Tells neighbours of a new address at once, and finds duplicates only where that is wanted.
  func setSysctls(_ ips: [CNIResult.IP], detectsDuplicates: Bool) throws(DelegateError) {
    let sysctl = namespace
    try system { () throws(SystemError) in
      try sysctl.sysctl.set(.ipv4, "conf/\(name)/arp_notify", "1")
      guard sysctl.sysctl.hasIPv6 else { return }
      try sysctl.sysctl.set(.ipv6, "conf/\(name)/ndisc_notify", "1")
      if !detectsDuplicates { try sysctl.sysctl.set(.ipv6, "conf/\(name)/accept_dad", "0") }
      if ips.contains(where: { $0.address.family == .ipv6 }) { try sysctl.sysctl.set(.ipv6, "conf/\(name)/disable_ipv6", "0") }
    }
  }

  /// Brings the link up and gives it the addresses and routes of a result, in one request.
  func configure(_ result: CNIResult, detectsDuplicates: Bool = false) throws(DelegateError) {
    try setSysctls(result.ips, detectsDuplicates: detectsDuplicates)
    var requests = result.ips.map { Address.add($0.address, to: link, detectsDuplicates: detectsDuplicates) }
    requests.append(LinkChange(isUp: true).request(link.index, label: link.name))
    requests += result.routes.map { route($0, result.ips).prepend }
    let namespace = namespace
    try netlink { () throws(NetlinkError) in _ = try namespace.route.execute(requests) }
  }

  /// A route without a gateway of its own leads through the gateway of its family, if there is one.
  func route(_ route: CNIResult.Route, _ ips: [CNIResult.IP]) -> Route {
    let familyGateway = ips.first { $0.address.family == route.dst.family && $0.gateway != nil }?.gateway
    let gateway = route.gw ?? (route.scope == Route.linkScope ? nil : familyGateway)
    return Route(
      to: route.dst, via: gateway, link: link.index, priority: route.priority.flatMap { UInt32(exactly: $0) },
      table: route.table.flatMap { UInt32(exactly: $0) }, scope: route.scope.flatMap { UInt8(exactly: $0) },
      mtu: route.mtu.flatMap { UInt32(exactly: $0) }, advertisedMSS: route.advmss.flatMap { UInt32(exactly: $0) })
  }
}
