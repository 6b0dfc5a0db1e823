import CNI
import Netlink
import NetworkTypes
import Plugins

/// Sees to it that the Pod's default routes are the owner's, whatever the delegates did.
struct DefaultRouteKeeper {
  let node: Node
  let netns: String

  /// Returns the attachment's result with the default routes that it has now.
  func settle(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    switch attachment.defaultRoute {
    case .allowed: return result
    case .refused: return try remove(attachment, result)
    case .required: return try provide(attachment, result)
    }
  }

  /// External delegates install what they like; built-in ones have been told not to.
  private func remove(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    var kept = result
    kept.routes.removeAll { $0.isDefault }
    guard attachment.hasExternalDelegate else { return kept }
    let container = try node.container(netns)
    do throws(NetlinkError) {
      guard let link = try container.route.link(named: attachment.interface) else { return kept }
      for family in AddressFamily.allCases {
        for route in try container.route.routes(family, link: link.index) where route.isDefault {
          try container.route.execute(route.delete)
        }
      }
    } catch { throw .netlink(error) }
    return kept
  }

  /// Where the network brings addresses with a gateway, but no default route of their family, there is one now.
  private func provide(_ attachment: PlannedAttachment, _ result: CNIResult) throws(DelegateError) -> CNIResult {
    var result = result
    let container = try node.container(netns)
    for family in AddressFamily.allCases where !result.routes.contains(where: { $0.isDefault && $0.dst.family == family }) {
      guard let gateway = result.ips.first(where: { $0.address.family == family && $0.gateway != nil })?.gateway,
        let everywhere = try? CIDR(IPAddress(family: family, value: 0), prefixLength: 0)
      else { continue }
      do throws(NetlinkError) {
        guard let link = try container.route.link(named: attachment.interface) else { continue }
        try container.route.execute(Route(to: everywhere, via: gateway, link: link.index).add)
      } catch { throw .netlink(error) }
      result.routes.append(.init(dst: everywhere, gw: gateway))
    }
    return result
  }
}

extension PlannedAttachment {
  /// Whether the chain may work on an interface that is there already: its first delegate is none of ours, which all make one.
  var mayGoOn: Bool { delegates.first.map { DelegateLookup.builtIn($0.type) == nil } ?? false }

  var hasExternalDelegate: Bool { delegates.contains { DelegateLookup.builtIn($0.type) == nil } }
}
