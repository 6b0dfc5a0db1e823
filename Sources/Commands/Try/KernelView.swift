import Netlink
import NetworkTypes

/// The links, addresses and routes that the kernel has in a namespace, as text for people.
struct KernelView {
  let links: [Link]
  private let addresses: [Address]
  private let routes: [Route]

  init(_ namespace: TrialNamespace) throws(TrialError) {
    links = try namespace.netlink { (route) throws(NetlinkError) in try route.links() }
    // Sorted, because the order of the kernel's tables means nothing to a reader.
    addresses = try namespace.netlink { (route) throws(NetlinkError) in try route.addresses() }
      .sorted { ($0.cidr.family.rawValue, $0.cidr.address) < ($1.cidr.family.rawValue, $1.cidr.address) }
    let routes = try namespace.netlink { (route) throws(NetlinkError) in
      try (route.routesOfAllTables(.ipv4), route.routesOfAllTables(.ipv6))
    }
    self.routes = [routes.0, routes.1].flatMap { family in
      family.sorted { Self.rank($0) < Self.rank($1) }
    }
  }

  private static func rank(_ route: Route) -> (UInt32, IPAddress, UInt32) {
    // The main table first.
    (route.table == 254 ? 0 : route.table ?? 0, route.destination.address, route.priority ?? 0)
  }

  /// The addresses of a link, without the link-local ones that the kernel adds itself.
  func addresses(of name: String) -> [Address] {
    guard let link = links.first(where: { $0.name == name }) else { return [] }
    return addresses.filter { $0.link == link.index && !($0.cidr.family == .ipv6 && $0.cidr.address.isLinkLocal) }
  }

  /// A block of lines for each wanted link, without the addresses and routes that the kernel adds itself.
  func lines(where isWanted: (Link) -> Bool) -> [String] {
    links.filter { $0.name != "lo" && isWanted($0) }.flatMap { link in
      [Self.head(link)] + addresses(of: link.name).map { "  address \($0.cidr)\($0.isTentative ? " (tentative)" : "")" }
        + routes.filter { $0.link == link.index && !$0.destination.address.isLinkLocal && !$0.destination.address.isMulticast }
        .map { "  route   \(Self.text($0))" }
    }
  }

  private static func head(_ link: Link) -> String {
    let mac = link.mac.map { ", MAC \($0)" } ?? ""
    return "\(link.name): \(kind(link)), \(link.isUp ? "up" : "down"), MTU \(link.mtu)\(mac)"
  }

  private static func kind(_ link: Link) -> String {
    switch link.kind {
    case .veth: "veth"
    case .bridge: "bridge"
    case .macvlan(let macvlan): "macvlan, mode \(macvlan.mode)"
    case .vlan(let vlan): "VLAN \(vlan.id)"
    case .ifb: "ifb"
    case .other(let kind): kind
    case .none: "network card"
    }
  }

  private static func text(_ route: Route) -> String {
    var copy = route
    copy.link = nil
    return copy.description
  }
}
