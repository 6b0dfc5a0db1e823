import CNI
import NetworkTypes
import Plugins

// The texts are the reference plugins', where they have one: other people's programs compare them.

extension BridgeDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noPrevResult: "Required prevResult missing"
    case .nameMissing: "Interface name missing "
    case .linkMissing(let name): "Interface name \(name) not found"
    case .sandboxed(let name): "Interface \(name) should not be in sandbox"
    case .notABridge(let name): "Interface \(name) does not have link type of bridge"
    case .bridgeMAC(let name, let expected): "Bridge interface \(name) Mac doesn't match: \(expected)"
    case .promiscuity(let name, let expected):
      "Bridge interface \(name) configured Promisc Mode \(expected) doesn't match current state: \(!expected) "
    case .sandbox(let expected, let netns):
      "Sandbox in prevResult \(expected) doesn't match configured netns: \(netns)"
    case .notAVeth(let name): "Error: Container interface \(name) not of type veth"
    case .containerMAC(let name, let expected, let found):
      "Interface \(name) Mac \(expected) doesn't match container Mac: \(found)"
    case .portMAC(let name, let expected): "Interface \(name) Mac doesn't match: \(expected) not found"
    case .portMissing(let bridge): "CNI veth created for bridge \(bridge) was not found"
    case .vlan(let name, let id): "Interface \(name) is not in VLAN \(id)"
    case .attachment(let difference): difference.description
    }
  }
}

extension MacvlanDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noPrevResult: "required prevResult missing"
    case .sandbox(let expected, let netns):
      "sandbox in prevResult \(expected) doesn't match configured netns: \(netns)"
    case .linkMissing(let name): "container Interface name in prevResult: \(name) not found"
    case .notAMacvlan(let name): "error: Container interface \(name) not of type macvlan"
    case .mode(let found, let expected): "container macvlan mode \(found) does not match expected value: \(expected)"
    case .master(let name, let expected): "interface \(name) is not on master \(expected)"
    case .mac(let name, let expected, let found): "interface \(name) Mac \(expected) doesn't match container Mac: \(found)"
    case .attachment(let difference): difference.description
    }
  }
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

  /// As Go prints the structure.
  private static func text(_ route: CNIResult.Route) -> String {
    func number(_ value: Int?) -> String { value.map(String.init) ?? "<nil>" }
    let network = route.dst.network
    let mask = IPAddress(family: network.family, value: ~network.hostMask).bytes
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "{Dst:{IP:\(network.address) Mask:\(mask)} GW:\(route.gw?.description ?? "<nil>") MTU:\(route.mtu ?? 0) "
      + "AdvMSS:\(route.advmss ?? 0) Priority:\(route.priority ?? 0) Table:\(number(route.table)) Scope:\(number(route.scope))}"
  }
}
