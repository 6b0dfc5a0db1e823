import CNI
import Netlink
import NetworkTypes
import Plugins

/// Makes sure that the Pod's default routes are their owner's, whatever the delegates installed.
struct DefaultRouteKeeper {
  let node: Node
  let netns: String

  /// Returns the attachment's result with the default routes that it has now.
  func settle(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    let delegated = attachment.defaultRoute.delegated
    var settled = try remove(AddressFamily.allCases.filter { !delegated.contains($0) }, attachment, result)
    for family in attachment.defaultRoute.required { try provide(family, attachment, &settled) }
    return settled
  }

  /// Removes the default routes of these families. Delegates that follow the engine's options have installed none; others install
  /// whatever they like.
  private func remove(
    _ families: [AddressFamily], _ attachment: PlannedAttachment, _ result: CNIResult
  ) throws(DelegateError) -> CNIResult {
    var kept = result
    kept.routes.removeAll { $0.isDefault && families.contains($0.dst.family) }
    guard !families.isEmpty, !attachment.heedsOptions(node.delegates) else { return kept }
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return kept }
      for family in families {
        for route in try container.route.routes(family, link: link.index) where route.isDefault {
          try container.route.execute(route.delete)
        }
      }
    } catch { throw .netlink(error) }
    return kept
  }

  /// Adds a default route if there is none: through the gateway that the Pod requested, else through the network's own.
  private func provide(
    _ family: AddressFamily, _ attachment: PlannedAttachment, _ result: inout CNIResult
  ) throws(DelegateError) {
    let asked = attachment.defaultRoute.gateways.first { $0.family == family }
    let own = result.ips.first { $0.address.family == family && $0.gateway != nil }?.gateway
    guard !result.routes.contains(where: { $0.isDefault && $0.dst.family == family }), let gateway = asked ?? own,
      let everywhere = try? CIDR(IPAddress(family: family, value: 0), prefixLength: 0)
    else { return }
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return }
      try container.route.execute(Route(to: everywhere, via: gateway, link: link.index).add)
    } catch { throw .netlink(error) }
    result.routes.append(.init(dst: everywhere, gw: gateway))
  }
}
