import JSON
import NetworkTypes
import PluginModel
import Policy

/// A ping through one of the Pod's interfaces.
struct Probe {
  let echo: Echo
  /// Whether the trial fails without an answer: the policy says that somebody is there.
  let mustBeAnswered: Bool

  /// A ping to each gateway that is in the subnet of one of the interface's addresses.
  static func all(of attachments: [SelectedAttachment], _ view: KernelView, _ result: JSON?, _ standIns: [StandIn]) -> [Probe] {
    attachments.flatMap { attachment in
      let facts = attachment.network.makerFacts ?? PluginFacts()
      let link = attachment.network.nodeLink
      let isOnBridge = link?.role == .master && standIns.contains { $0.isBridge && $0.name.text == link?.name }
      let declared = attachment.network.gateways.map(\.address)
      let known = declared + gateways(of: attachment.interface, result)
      return view.addresses(of: attachment.interface.text).flatMap { address in
        known.enumerated().filter { i, gateway in
          !known[..<i].contains(gateway) && address.cidr.contains(gateway) && gateway != address.cidr.address
            && facts.mayHaveGateway
        }.map { _, gateway in
          Probe(
            echo: Echo(source: address.cidr.address, interface: attachment.interface, target: gateway),
            mustBeAnswered: !isOnBridge && facts.reachesNeighbours && declared.contains(gateway))
        }
      }
    }
  }

  /// The gateways that the result gives for one of the Pod's interfaces.
  private static func gateways(of interface: InterfaceName, _ result: JSON?) -> [IPAddress] {
    let interfaces = result?.object?["interfaces"]?.array ?? []
    return (result?.object?["ips"]?.array ?? []).compactMap { ip in
      guard let i = ip.object?["interface"]?.int, interfaces.indices.contains(i), let owner = interfaces[i].object,
        owner["name"]?.string == interface.text, owner["sandbox"]?.string?.isEmpty == false
      else { return nil }
      return ip.object?["gateway"]?.string.flatMap { try? IPAddress($0) }
    }
  }
}
