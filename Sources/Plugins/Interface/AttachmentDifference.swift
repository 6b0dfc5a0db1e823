import CNI
import NetworkTypes

/// A difference between an interface's addresses and routes and a result. The texts are the reference plugins', because other
/// programs compare them.
package enum AttachmentDifference: Equatable, Sendable {
  case down(String)
  case addressMissing(CIDR, String)
  /// No route leads to the address's own network.
  case networkMissing(CIDR, gateway: IPAddress?, String)
  case routeMissing(CNIResult.Route)
}

extension AttachmentDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .down(let name): "Interface \(name) is down"
    case .addressMissing(let address, let name): "Failed to match addr \(address) on interface \(name)"
    case .networkMissing(_, let gateway, let name):
      "Failed to find Gateway \(gateway?.description ?? "<nil>") for interface \(name)"
    case .routeMissing(let route): "Expected Route \(Self.text(route)) not found in routing table"
    }
  }

  /// The route as Go prints the structure.
  private static func text(_ route: CNIResult.Route) -> String {
    func number(_ value: Int?) -> String { value.map(String.init) ?? "<nil>" }
    let network = route.dst.network
    let mask = IPAddress(family: network.family, value: ~network.hostMask).bytes
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "{Dst:{IP:\(network.address) Mask:\(mask)} GW:\(route.gw?.description ?? "<nil>") MTU:\(route.mtu ?? 0) "
      + "AdvMSS:\(route.advmss ?? 0) Priority:\(route.priority ?? 0) Table:\(number(route.table)) Scope:\(number(route.scope))}"
  }
}
