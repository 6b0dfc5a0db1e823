import CNI
import Netlink
import NetworkTypes
import Plugins
import System

/// Gives each destination of a Pod one owner, the same for IPv4 and IPv6: an interface in the destination's network comes
/// before a route there, and the first attachment that brings a route comes before the others.
///
/// Without this, the last IPv4 route would hide the others, and IPv6 would send packets by each of them in turn.
struct DestinationKeeper {
  let node: Node
  let netns: String
  /// The routes of the attachments that have been made.
  private(set) var taken: Set<CNIResult.Route.Key> = []

  init(node: Node, netns: String) { (self.node, self.netns) = (node, netns) }

  /// Takes in the newest attachment of a record. Routes of earlier attachments to one of its own networks are removed, from the
  /// kernel and from the record.
  mutating func take(_ record: inout Record) throws(DelegateError) {
    let number = record.results.count - 1
    let (attachment, result) = (record.plan.attachments[number], record.results[number])
    let networks = result.ips.map(\.address).filter { $0.prefixLength < $0.family.bits }
    let own = Set(networks.map { CNIResult.Route.Key($0) })
    for i in 0..<number {
      let earlier = record.plan.attachments[i]
      let lost = record.results[i].routes.filter { own.contains($0.key) && !earlier.movesRoutes($0.dst.family) }
      try remove(lost, of: earlier, record.results[i].ips)
      record.results[i].routes.removeAll { lost.contains($0) }
      try removeInstalled(own, of: earlier)
    }
    // Nobody comes after the last one.
    guard number + 1 < record.plan.attachments.count else { return }
    taken.formUnion(own)
    if attachment.heedsOptions(node.delegates) {
      taken.formUnion(result.routes.filter { !$0.isDefault && !attachment.movesRoutes($0.dst.family) }.map(\.key))
    } else {
      // Such a delegate may have moved its routes to another table, or installed some without saying so.
      for route in try installed(by: attachment) { taken.insert(route.key) }
    }
  }

  /// Removes the routes of a chain's interface that earlier attachments have, and returns its result without them. Delegates that
  /// follow the engine's options have installed none.
  func settle(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    guard !taken.isEmpty, !attachment.heedsOptions(node.delegates) else { return result }
    let lost = result.routes.filter { !$0.isDefault && taken.contains($0.key) }
    try remove(lost, of: attachment, result.ips)
    try removeInstalled(taken, of: attachment)
    var kept = result
    kept.routes.removeAll { lost.contains($0) }
    return kept
  }

  /// Removes routes of an attachment as its result describes them. IPv6 may have merged them with another interface's: the kernel
  /// then takes out this part.
  private func remove(
    _ routes: [CNIResult.Route], of attachment: PlannedAttachment, _ ips: [CNIResult.IP]
  ) throws(DelegateError) {
    guard !routes.isEmpty else { return }
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return }
      for route in routes {
        let gateway = ips.first { $0.address.family == route.dst.family && $0.gateway != nil }?.gateway
        var old = Route(
          to: route.dst, via: route.gw ?? (route.scope == Route.linkScope ? nil : gateway), link: link.index,
          priority: route.priority.flatMap { UInt32(exactly: $0) }, table: route.table.flatMap { UInt32(exactly: $0) })
        // Whoever made it.
        old.protocol = 0
        try container.route.execute(old.delete, passing: .noSuchProcess)
      }
    } catch { throw .netlink(error) }
  }

  /// Removes the routes that delegates may have installed without saying so.
  private func removeInstalled(
    _ keys: Set<CNIResult.Route.Key>, of attachment: PlannedAttachment
  ) throws(DelegateError) {
    guard !keys.isEmpty, !attachment.heedsOptions(node.delegates) else { return }
    let container = try node.container(netns)
    for route in try installed(by: attachment) where keys.contains(route.key) {
      do { try container.route.execute(route.delete, passing: .noSuchProcess) } catch { throw .netlink(error) }
    }
  }

  /// The routes of an attachment's interface in the main table, without default routes and those that the kernel made itself.
  private func installed(by attachment: PlannedAttachment) throws(DelegateError) -> [Route] {
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return [] }
      var found: [Route] = []
      for family in AddressFamily.allCases { found += try container.route.routes(family, link: link.index) }
      return found.filter { !$0.isDefault && !$0.isOfKernel }
    } catch { throw .netlink(error) }
  }
}

extension Route {
  fileprivate var key: CNIResult.Route.Key {
    .init(destination, table: table.map(Int.init), priority: priority.map(Int.init))
  }
}
