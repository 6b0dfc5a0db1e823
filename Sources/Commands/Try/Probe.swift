import JSON
import NetworkTypes
import Policy

/// A ping that tells whether an interface leads anywhere.
struct Probe {
  let echo: Echo
  /// Whether there is somebody who must answer, for all that is known.
  let mustBeAnswered: Bool

  /// The gateways of each interface, as far as its addresses have them for neighbours.
  static func all(of attachments: [SelectedAttachment], _ view: KernelView, _ result: JSON?, _ standIns: [StandIn]) -> [Probe] {
    attachments.flatMap { attachment in
      let isOnBridge =
        attachment.network.nodeLink?.role == .master
        && standIns.contains { $0.isBridge && $0.name.text == attachment.network.nodeLink?.name }
      let known = attachment.network.gateways.map(\.address) + gateways(of: attachment.interface, result)
      return view.addresses(of: attachment.interface.text).flatMap { address in
        known.enumerated().filter { i, gateway in
          !known[..<i].contains(gateway) && address.cidr.contains(gateway) && gateway != address.cidr.address
            && attachment.network.mayHaveGateway
        }.map { _, gateway in
          Probe(
            echo: Echo(source: address.cidr.address, interface: attachment.interface, target: gateway),
            mustBeAnswered: !isOnBridge && attachment.network.hasAnsweringGateway
              && attachment.network.gateways.contains { $0.address == gateway })
        }
      }
    }
  }

  /// What the result says of an interface in the Pod.
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

extension Network {
  /// Whether the gateway, if there is one, is on this node or on a stand-in.
  fileprivate var hasAnsweringGateway: Bool {
    let mode = chain.first?.configuration.value(named: "mode")?.string ?? ""
    switch chain.first?.type {
    case "bridge", "ptp", "macvlan", "host-device": return true
    // At layer 3 there is no neighbour, and a stand-in's other end knows no VLANs.
    case "ipvlan": return mode.isEmpty || mode == "l2"
    default: return false
    }
  }

  /// A bridge has the gateway's address only where it is told to.
  fileprivate var mayHaveGateway: Bool {
    guard let entry = chain.first, entry.type == "bridge" else { return true }
    return ["isGateway", "isDefaultGateway"].contains { entry.configuration.value(named: $0)?.bool == true }
  }
}
