import NetworkTypes
import Policy

extension ImportedRequest {
  /// What Multus lets every Pod ask for in these networks. Multus asks nobody, so this is all that their plugins take.
  func permissions(_ networks: [ImportedNetwork]) -> RequestPermissions {
    let mine = networks.filter { self.networks.contains($0.name) }.map(\.conflist.network)
    func isAccepted(_ capability: Capability) -> Bool { mine.contains { $0.accepts(capability) } }
    var permissions = RequestPermissions()
    // Other networks take addresses of their own subnets only, or their gateways on the node bind them to these.
    if mine.contains(where: { $0.accepts(.ips) && $0.takesAddressesOfRequests }) {
      permissions.ips = .subnets(
        AddressFamily.allCases.compactMap { try? CIDR(IPAddress(family: $0, value: 0), prefixLength: 0) })
    }
    permissions.defaultRoute = AddressFamily.allCases
    permissions.defaultNetwork = true
    if isAccepted(.portMappings) { permissions.portMappings = .init(hostPorts: [1...65535]) }
    if isAccepted(.bandwidth) {
      permissions.bandwidth = Bandwidth(ingressRate: 0, ingressBurst: 0, egressRate: 0, egressBurst: 0)
    }
    permissions.arguments = (try? Glob("*")).map { [$0] } ?? []
    permissions.deviceID = isAccepted(.deviceID)
    permissions.infinibandGUID = isAccepted(.infinibandGUID)
    return permissions
  }
}

extension Network {
  /// Whether a Pod chooses its address freely: the network's own configuration names no pool, and the node has no gateway there.
  fileprivate var takesAddressesOfRequests: Bool {
    if case .pools = addressSource { return false }
    return !isRoutedByNode
  }
}
