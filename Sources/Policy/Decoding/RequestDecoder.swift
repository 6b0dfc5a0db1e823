import CNI
import NetworkTypes
import YAML

extension FileDecoder {
  func request(_ node: YAMLNode) -> PolicyDraft.Request {
    let networks = node["networks"]?.value.sequence ?? []
    return PolicyDraft.Request(
      node: node, file: file, range: node.mapping?.first?.keyRange ?? node.range,
      namespaces: MatchDecoder.globs(node["namespaces"]?.value.sequence ?? []),
      networks: networks.compactMap { node in
        node.string.flatMap { try? NetworkName($0) }.map { .init(value: $0, range: node.range) }
      }, inResult: node["inResult"]?.value.bool ?? true, permissions: permissions(node))
  }

  private func permissions(_ node: YAMLNode) -> RequestPermissions {
    var permissions = RequestPermissions()
    if let ips = node["ips"]?.value { permissions.ips = addresses(ips) }
    permissions.mac = node["mac"]?.value.bool ?? permissions.mac
    permissions.defaultRoute = (node["defaultRoute"]?.value).flatMap(Self.claim)?.families ?? permissions.defaultRoute
    permissions.defaultNetwork = node["defaultNetwork"]?.value.bool ?? permissions.defaultNetwork
    permissions.portMappings = (node["portMappings"]?.value).map(ports)
    if let limits = node[Capability.bandwidth.rawValue]?.value { permissions.bandwidth = bandwidth(limits) }
    permissions.arguments = MatchDecoder.globs(node["cniArgs"]?.value.sequence ?? [])
    permissions.interfaces = (node["interfaces"]?.value.sequence).map(MatchDecoder.globs)
    permissions.maximum = integer(node["maxNetworks"]) ?? permissions.maximum
    permissions.infinibandGUID = node["infinibandGUID"]?.value.bool ?? permissions.infinibandGUID
    permissions.deviceID = node["deviceID"]?.value.bool ?? permissions.deviceID
    return permissions
  }

  /// A value of another type grants nothing. The shape checker has reported it.
  private func addresses(_ node: YAMLNode) -> RequestPermissions.Addresses {
    if let all = node.bool { return all ? .ofNetwork : .none }
    return node.sequence.map { .subnets(subnets($0)) } ?? .none
  }

  private func subnets(_ nodes: [YAMLNode]) -> [CIDR] { nodes.compactMap { $0.string.flatMap { try? CIDR($0) } } }

  private func ports(_ node: YAMLNode) -> RequestPermissions.Ports {
    let ranges = (node["hostPorts"]?.value.sequence ?? []).compactMap { item -> ClosedRange<Int>? in
      if let text = item.string { return ClosedRange(ports: text) }
      return integer(YAMLPair(key: "", keyRange: item.range, value: item)).map { $0...$0 }
    }
    return .init(hostPorts: ranges, hostIPs: (node["hostIPs"]?.value.sequence).map(subnets))
  }
}
