import JSON
import NetworkTypes
import CNI
import YAML

extension FileDecoder {
  mutating func attach(_ node: YAMLNode) -> PolicyDraft.Attach {
    PolicyDraft.Attach(
      range: node.mapping?.first?.keyRange ?? node.range, node: node,
      network: named(node["network"]) { try? NetworkName($0) },
      interface: named(node["interface"]) { try? InterfaceName($0) },
      defaultRoute: node["defaultRoute"].flatMap { pair in
        Self.claim(pair.value).map { .init(value: $0, range: pair.value.range) }
      },
      options: options(node),
      inResult: node["inResult"].flatMap { pair in pair.value.bool.map { .init(value: $0, range: pair.value.range) } })
  }

  static func claim(_ node: YAMLNode) -> PolicyDraft.DefaultRouteClaim? {
    switch (node.bool, node.string) {
    case (true, _): .families([.ipv4, .ipv6])
    case (false, _): PolicyDraft.DefaultRouteClaim.none
    case (_, "ipv4"): .families([.ipv4])
    case (_, "ipv6"): .families([.ipv6])
    default: nil
    }
  }

  private mutating func options(_ node: YAMLNode) -> AttachmentOptions {
    var options = AttachmentOptions()
    options.ips = node["ips"]?.value.sequence?.compactMap { item in item.string.flatMap { try? AddressRequest($0) } } ?? []
    options.mac = node["mac"]?.value.string.flatMap { try? MACAddress(ofInterface: $0) }
    options.mtu = integer(node["mtu"]).flatMap { try? MTU($0) }
    options.acceptsRA = node["acceptRA"]?.value.bool ?? true
    options.routesBySource = node["routing"]?.value.string == AttachmentOptions.bySource
    options.portMappings = node["portMappings"]?.value.sequence?.compactMap { portMapping($0) } ?? []
    options.bandwidth = node["bandwidth"]?.value.mapping.map { _ in bandwidth(node["bandwidth"]?.value) }
    if let pairs = node["args"]?.value.mapping { options.arguments = json(pairs) }
    return options
  }

  private func portMapping(_ node: YAMLNode) -> PortMapping? {
    guard let host = integer(node["hostPort"]), let container = integer(node["containerPort"]) else { return nil }
    return PortMapping(
      hostPort: host, containerPort: container, transport: node["protocol"]?.value.string?.lowercased() ?? "tcp",
      hostIP: node["hostIP"]?.value.string.flatMap { try? IPAddress($0) })
  }

  func bandwidth(_ node: YAMLNode?) -> Bandwidth {
    Bandwidth(
      ingressRate: integer(node?["ingressRate"]), ingressBurst: integer(node?["ingressBurst"]),
      egressRate: integer(node?["egressRate"]),
      egressBurst: integer(node?["egressBurst"]))
  }

  /// Nil without a number. The shape checker has reported a value of another type.
  func integer(_ pair: YAMLPair?) -> Int? {
    guard let pair else { return nil }
    var conversion = JSONConversion(file: file)
    return conversion.json(pair.value).int
  }

  private func named<Value>(_ pair: YAMLPair?, _ parse: (String) -> Value?) -> PolicyDraft.Named<Value>? {
    guard let pair, let value = pair.value.string.flatMap(parse) else { return nil }
    return .init(value: value, range: pair.value.range)
  }
}
