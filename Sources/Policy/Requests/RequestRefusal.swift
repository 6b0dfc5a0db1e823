import CNI
import Diagnostics
import NetworkTypes

/// A part of a request that an entry of `requests` does not allow.
package enum RequestRefusal: Error, Equatable, Sendable {
  /// The entry allows only so many requests of one Pod.
  case tooMany(Int)
  /// The annotation for the default network.
  case defaultNetwork
  case interface(InterfaceName)
  case defaultRoute(AddressFamily)
  case ips
  /// The network names no subnet from which the address could be.
  case noSubnet(AddressRequest)
  /// The address is in none of the subnets.
  case outside(AddressRequest, [CIDR])
  /// The prefix length is shorter than that of the subnet.
  case wider(AddressRequest, CIDR)
  /// The node routes the network, so the prefix must be one of the network's own.
  case otherSubnet(AddressRequest, [CIDR])
  case reserved(IPAddress, Reserved)
  case mac
  case infinibandGUID
  case deviceID
  case hostPort(PortMapping)
  /// The mapping has no `hostIP`, or another one than the entry names.
  case hostIP(PortMapping, [CIDR])
  case bandwidth(BandwidthLimit, asked: Int, highest: Int?)
  case argument(String)
  /// Sysctls are never a Pod's to set.
  case sysctl(String)
  /// A value of `cni-args` that would be read as `ips` or `mac`, and cannot be.
  case unreadableArgument(String)

  /// An address that no Pod may have.
  package enum Reserved: Equatable, Sendable {
    case gateway
    case network(CIDR)
    case broadcast(CIDR)
  }
}

/// A value of `bandwidth`.
package enum BandwidthLimit: String, Sendable, CaseIterable { case ingressRate, ingressBurst, egressRate, egressBurst }

extension RequestRefusal {
  /// What the Pod may not do, after "may not".
  package var text: String {
    switch self {
    case .tooMany(let limit): "ask for more than \(limit) of these networks"
    case .defaultNetwork: "replace its first network"
    case .interface(let name): "name an interface \(quoted(name.text))"
    case .defaultRoute(let family): "take over the IPv\(family.rawValue) default route"
    case .ips: "ask for an address"
    case .noSubnet(let ip): "ask for the address \(ip), because the network names no subnet"
    case .outside(let ip, let subnets): "ask for the address \(ip), which is not in \(Self.list(subnets))"
    case .wider(let ip, let subnet): "ask for the address \(ip), whose prefix is shorter than that of \(subnet)"
    case .otherSubnet(let ip, let subnets):
      "ask for the address \(ip), because the node has the gateways of this network only for \(Self.list(subnets))"
    case .reserved(let ip, .gateway): "have the address \(ip), which is the gateway's"
    case .reserved(let ip, .network(let subnet)): "have the address \(ip), which stands for the subnet \(subnet) itself"
    case .reserved(let ip, .broadcast(let subnet)): "have the address \(ip), which is the broadcast address of \(subnet)"
    case .mac: "set the hardware address"
    case .infinibandGUID: "set the InfiniBand GUID"
    case .deviceID: "choose a device"
    case .hostPort(let mapping): "map the node's port \(mapping.hostPort)"
    case .hostIP(let mapping, let subnets):
      "map the node's port \(mapping.hostPort) of \(mapping.hostIP.map { "\($0)" } ?? "all addresses"), only of \(Self.list(subnets))"
    case .bandwidth(let limit, let asked, nil): "set \(limit.rawValue) (\(asked))"
    case .bandwidth(let limit, 0, let highest?): "lift \(limit.rawValue), only set it to \(highest) or less"
    case .bandwidth(let limit, let asked, let highest?): "set \(limit.rawValue) to \(asked), only to \(highest) or less"
    case .argument(let key): "pass \(quoted(key)) in cni-args"
    case .sysctl(let key): "pass \(quoted(key)) in cni-args: sysctls are not a Pod's to set"
    case .unreadableArgument(let key): "pass this value of \(quoted(key)) in cni-args: write \(key.lowercased()) beside cni-args"
    }
  }

  /// What to write into the entry. Nil if no entry can allow it.
  package var line: String? {
    switch self {
    case .tooMany(let limit): "maxNetworks: \(limit + 1)"
    case .defaultNetwork: "defaultNetwork: true"
    case .interface(let name): "interfaces: [\(quoted(name.text))]"
    case .defaultRoute(let family): "defaultRoute: ipv\(family.rawValue)"
    case .ips: "ips: true"
    case .noSubnet(let ip), .outside(let ip, _): "ips: [\(Self.subnet(of: ip))]"
    case .wider, .otherSubnet, .reserved, .sysctl, .unreadableArgument: nil
    case .mac: "mac: true"
    case .infinibandGUID: "infinibandGUID: true"
    case .deviceID: "deviceID: true"
    case .hostPort(let mapping): "portMappings: {hostPorts: [\(mapping.hostPort)]}"
    case .hostIP(let mapping, _): mapping.hostIP.map { "portMappings: {…, hostIPs: [\(CIDR(host: $0))]}" }
    case .bandwidth(let limit, let asked, _): "bandwidth: {\(limit.rawValue): \(asked)}"
    case .argument(let key): "cniArgs: [\(quoted(key))]"
    }
  }

  private static func subnet(of ip: AddressRequest) -> String {
    let length = ip.prefixLength ?? ip.address.family.bits
    let subnet = (try? CIDR(ip.address, prefixLength: length))?.network.description ?? ip.description
    return ip.address.family == .ipv4 ? subnet : quoted(subnet)
  }

  private static func list(_ subnets: [CIDR]) -> String {
    let shown = subnets.prefix(4).map(\.description).joined(separator: ", ")
    return subnets.count > 4 ? "\(shown) and \(subnets.count - 4) more" : subnets.isEmpty ? "none" : shown
  }
}
