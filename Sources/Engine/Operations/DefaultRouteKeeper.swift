import CNI
import Netlink
import NetworkTypes
import Plugins

/// Makes sure that the Pod's default routes are their owner's, whatever the delegates installed.
struct DefaultRouteKeeper {
  let node: Node
  let netns: String

  /// Returns the attachment's result with the default routes that it has now.
  ///
  /// Throws `DefaultRouteError` if the attachment must bring a default route and brought none.
  func settle(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    let delegated = attachment.defaultRoute.delegated
    let others = AddressFamily.allCases.filter { !delegated.contains($0) }
    var settled = result
    settled.routes.removeAll { $0.isDefault && others.contains($0.dst.family) }
    // Delegates that follow the engine's options have installed none; others install whatever they like.
    if !attachment.heedsOptions(node.delegates) { try correct(attachment, without: others, settled) }
    let required = attachment.defaultRoute.required
    var missing: [AddressFamily] = []
    for family in required where try !provide(family, attachment, &settled) { missing.append(family) }
    // A claim on both families is met by a network of one.
    guard missing.isEmpty || missing.count < required.count else { throw .plugin(DefaultRouteError.notBrought(missing)) }
    return settled
  }

  /// Removes the default routes of these families from the interface, and keeps router advertisements from adding any.
  private func correct(
    _ attachment: PlannedAttachment, without families: [AddressFamily], _ result: CNIResult
  ) throws(DelegateError) {
    guard !families.isEmpty || !attachment.acceptsRA else { return }
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return }
      let keeper = AdvertisementKeeper(container: container, interface: attachment.interface, link: link)
      if families.contains(.ipv6) { keeper.refuseDefaultRoutes() }
      if !attachment.acceptsRA { try keeper.refuseAll(keeping: result.ips) }
      for family in families {
        for route in try container.route.routes(family, link: link.index) where route.isDefault {
          try container.route.execute(route.delete.about(route.description(dev: link.name)), passing: .noSuchProcess)
        }
      }
    } catch { throw .netlink(error) }
  }

  /// Makes sure that there is a default route: through the gateway that the Pod requested, else the network's, else through its
  /// own gateway. False if there is none and no gateway for one.
  private func provide(
    _ family: AddressFamily, _ attachment: PlannedAttachment, _ result: inout CNIResult
  ) throws(DelegateError) -> Bool {
    let asked = attachment.defaultRoute.gateways.first { $0.family == family }
    if asked == nil, result.routes.contains(where: { $0.isDefault && $0.dst.family == family }) { return true }
    let own = result.ips.first { $0.address.family == family && $0.gateway != nil }?.gateway
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return false }
      guard let gateway = asked ?? own, let everywhere = try? CIDR(IPAddress(family: family, value: 0), prefixLength: 0) else {
        // The delegate may have installed a default route without saying so.
        guard !attachment.heedsOptions(node.delegates) else { return false }
        return try container.route.routes(family, link: link.index).contains(where: \.isDefault)
      }
      // A plugin before us, or a router's advertisement, may have given a default route already.
      for other in try container.route.routes(family) where other.isDefault {
        try container.route.execute(other.delete, passing: .noSuchProcess)
      }
      var route = Route(to: everywhere, via: gateway, link: link.index)
      let about = route.description(dev: link.name)
      do throws(NetlinkError) { try container.route.execute(route.replace.about(about)) } catch {
        // ptp leads to the interface's own network by a route through the node, so the kernel does not believe that the gateway is
        // on the link.
        guard error.errno == .networkUnreachable, result.ips.contains(where: { $0.address.contains(gateway) }) else {
          throw error
        }
        route.isOnLink = true
        try container.route.execute(route.replace.about(about))
      }
      result.routes.append(.init(dst: everywhere, gw: gateway))
    } catch { throw .netlink(error) }
    return true
  }
}
