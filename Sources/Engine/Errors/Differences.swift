import NetworkTypes
import Plugins

extension BridgeDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noPrevResult: "Required prevResult missing"
    case .prevResultWithout(let name): "interface \(name) is not in prevResult"
    case .linkMissing(let name): "interface \(name) does not exist"
    case .kind(let name, let expected, let found): "interface \(name) is a \(found), not a \(expected)"
    case .mac(let name, let expected, let found): "interface \(name) has the MAC \(found), not \(expected)"
    case .master(let name, let expected): "interface \(name) is no port of \(expected)"
    case .peer(let kind, let name): "the other end of \(kind) \(name) is gone"
    case .sandbox(let name, let expected): "interface \(name) belongs to sandbox \(expected), which is not CNI_NETNS"
    case .addressMissing(let address, let name): "address \(address) is not on interface \(name)"
    case .routeMissing(let destination, let gateway): routeText(destination, gateway)
    case .promiscuity(let name, let expected): "interface \(name) is \(expected ? "not " : "")promiscuous"
    case .vlan(let name, let id): "interface \(name) is not in VLAN \(id)"
    }
  }
}

extension MacvlanDifference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noPrevResult: "required prevResult missing"
    case .prevResultWithout(let name): "interface \(name) is not in prevResult"
    case .sandbox(let name, let expected): "interface \(name) belongs to sandbox \(expected), which is not CNI_NETNS"
    case .kind(let name, let found): "interface \(name) is a \(found), not a macvlan"
    case .mode(let found, let expected): "container macvlan mode \(found) does not match expected value: \(expected)"
    case .mac(let name, let expected, let found): "interface \(name) has the MAC \(found), not \(expected)"
    case .addressMissing(let address, let name): "address \(address) is not on interface \(name)"
    case .routeMissing(let destination, let gateway): routeText(destination, gateway)
    }
  }
}

private func routeText(_ destination: CIDR, _ gateway: IPAddress?) -> String {
  "there is no route to \(destination)\(gateway.map { " via \($0)" } ?? "")"
}
