import CNI
import Netlink
import NetworkTypes
import System

/// The container's end of an attachment: its addresses, routes and sysctls.
struct ContainerLink {
  let link: Link
  let name: InterfaceName
  let namespace: NodeNamespace

  init(_ link: Link, _ name: InterfaceName, in namespace: NodeNamespace) {
    (self.link, self.name, self.namespace) = (link, name, namespace)
  }

  /// The link of that name in the container; throws `DelegateError.linkMissing`.
  init(_ name: InterfaceName, in namespace: NodeNamespace) throws(DelegateError) {
    guard let link = try netlink({ () throws(NetlinkError) in try namespace.route.link(named: name) }) else {
      throw .linkMissing(name, netns: namespace.path)
    }
    self.init(link, name, in: namespace)
  }

  /// Brings the link up and gives it the addresses and routes of a result, in one request.
  ///
  /// `detectsDuplicates` turns duplicate address detection on or off for the link. With nil the link's setting stays, and the
  /// result's addresses are added without detection: the IPAM plugin has made sure that they are unique.
  ///
  /// If another network owns the IPv6 default route, router advertisements add none on this link. `options` says so, and whether
  /// they add anything at all.
  ///
  /// With `own` the kernel adds no routes to the addresses' networks. The routes of `own` lead there, and are added first. The
  /// kernel then takes no machine of such a network for a possible gateway, so the result's routes through one are marked as on
  /// the link.
  func configure(
    _ result: CNIResult, _ options: DelegateCall.Options, detectsDuplicates: Bool? = nil, own: [Route]? = nil
  ) throws(DelegateError) {
    if !options.acceptsRA { refine(.ipv6, "accept_ra", "0") }
    if !options.defaultRoutes.contains(.ipv6) { refine(.ipv6, "accept_ra_defrtr", "0") }
    if !result.ips.isEmpty { try setSysctls(result.ips, detectsDuplicates: detectsDuplicates) }
    let ways = Address.Options(detectsDuplicates: detectsDuplicates ?? false, hasPrefixRoute: own == nil)
    var requests = result.ips.map { Address.add($0.address, to: link, ways) }
    // The kernel may refuse to bring a link up because of its hardware address.
    let label = link.mac.map { "\(name) (MAC \($0))" } ?? name.text
    requests.append(LinkChange(isUp: true).request(link.index, label: label))
    var routes = routes(result)
    if let own {
      for i in routes.indices {
        guard let gateway = routes[i].gateway, !own.contains(where: { $0.destination == CIDR(host: gateway) }) else { continue }
        routes[i].isOnLink = result.ips.contains { $0.address.contains(gateway) }
      }
      // IPAM may list one of them too.
      routes.removeAll { route in
        own.contains { $0.destination.network == route.destination.network && $0.gateway == route.gateway } && route.hasDefaults
      }
      // Like the kernel's own routes, they stay behind those of an interface that leads to the same network.
      requests += own.map { $0.append.about($0.description(dev: name.text)) }
    }
    requests += routes.map { $0.prepend.about($0.description(dev: name.text)) }
    // Since Linux 6.9 a query for a link first completes a pending change of its carrier, such as the addition of its link-local
    // address.
    requests.append(Link.query(index: link.index))
    let namespace = namespace
    try netlink { () throws(NetlinkError) in try namespace.route.execute(requests) }
  }

  /// Announces the addresses to the neighbours, who may know another hardware address for them: by gratuitous ARP (RFC 5227,
  /// section 3) and by an unsolicited neighbour advertisement (RFC 4861, section 7.2.6).
  ///
  /// The kernel does that when a link comes up, which is too early behind a bridge: its port does not forward yet. It does it again
  /// when the hardware address is set, even to the same value. An address under duplicate address detection is left out: the
  /// kernel announces it as soon as the detection ends.
  func announce(_ ips: [CNIResult.IP]) {
    guard !ips.isEmpty, let mac = link.mac else { return }
    // The attachment works without it, only later for some.
    try? namespace.route.change(link, LinkChange(mac: mac))
  }

  /// Makes the kernel announce new addresses to the neighbours at once, and turns duplicate address detection on or off.
  private func setSysctls(_ ips: [CNIResult.IP], detectsDuplicates: Bool?) throws(DelegateError) {
    refine(.ipv4, "arp_notify", "1")
    guard namespace.sysctl.hasIPv6 else { return }
    refine(.ipv6, "ndisc_notify", "1")
    if detectsDuplicates == true { refine(.ipv6, "enhanced_dad", "1") }
    if let detectsDuplicates { refine(.ipv6, "accept_dad", detectsDuplicates ? "1" : "0") }
    guard ips.contains(where: { $0.address.family == .ipv6 }) else { return }
    // Packets to the Pod's own address go through the loopback, so IPv6 must be on there too.
    for link in ["lo", name.text] {
      do { try namespace.sysctl.set(.ipv6, "conf/\(link)/disable_ipv6", "0") } catch { throw .system(error) }
    }
  }

  /// Sets a sysctl if possible. A kernel without the key, or a read-only `/proc/sys`, must not fail the ADD.
  private func refine(_ family: Sysctl.Family, _ key: String, _ value: String) {
    try? namespace.sysctl.set(family, "conf/\(name)/\(key)", value)
  }

  /// The routes of a result without duplicates. The IPAM plugin may give a default route without a gateway that equals the
  /// plugin's own.
  private func routes(_ result: CNIResult) -> [Route] {
    var routes: [Route] = []
    for wanted in result.routes {
      let route = route(wanted, result.ips)
      let isKnown = routes.contains {
        $0.destination.network == route.destination.network && $0.gateway == route.gateway && $0.priority == route.priority
          && ($0.table ?? 254) == (route.table ?? 254)
      }
      if !isKnown { routes.append(route) }
    }
    return routes
  }

  /// Converts a route. A route without a gateway uses the gateway of its family, if there is one.
  ///
  /// The kernel reads the gateway 0.0.0.0 as none, and the table 0 as the main one.
  func route(_ route: CNIResult.Route, _ ips: [CNIResult.IP]) -> Route {
    Route(
      to: route.dst, via: route.nextHop(among: ips).flatMap { $0.isUnspecified ? nil : $0 }, link: link.index,
      priority: route.priority.flatMap { UInt32(exactly: $0) },
      table: route.table.flatMap { $0 == 0 ? nil : UInt32(exactly: $0) }, scope: route.scope.flatMap { UInt8(exactly: $0) },
      mtu: route.mtu.flatMap { UInt32(exactly: $0) }, advertisedMSS: route.advmss.flatMap { UInt32(exactly: $0) })
  }

  /// Waits for the end of duplicate address detection, or until the time is up. Throws `InterfaceError.duplicateAddress` if
  /// another host has an address.
  func waitForAddresses() throws(DelegateError) {
    let deadline = Monotonic.now() + Waits.duplicateAddressDetection
    let namespace = namespace
    while true {
      let addresses = try netlink { () throws(NetlinkError) in try namespace.route.addresses(of: link) }
      if let duplicate = addresses.first(where: \.isDuplicate) {
        throw .plugin(InterfaceError.duplicateAddress(duplicate.cidr, name))
      }
      if !addresses.contains(where: \.isTentative) || Monotonic.now() > deadline { return }
      Monotonic.sleep(Waits.duplicateAddressDetectionPause)
    }
  }
}

extension Route {
  /// Whether table and priority are those of a route that says neither.
  fileprivate var hasDefaults: Bool { (table ?? 254) == 254 && (priority ?? 0) == 0 }
}
