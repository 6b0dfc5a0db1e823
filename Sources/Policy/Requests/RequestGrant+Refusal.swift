import CNI
import JSON
import NetworkTypes

extension RequestGrant {
  /// The first part of a request that this entry does not allow. Nil if it allows all of it.
  ///
  /// `families` are those whose default route the request claims. `earlier` is the number of the Pod's requests that the entry has
  /// allowed before.
  func refusal(
    of request: NetworkRequest, for network: Network, as annotation: RequestAnnotation, claiming families: [AddressFamily],
    earlier: Int
  ) -> RequestRefusal? {
    do throws(RequestRefusal) {
      let asked = try RequestedArguments(request.options.arguments, permissions)
      guard earlier < permissions.maximum else { throw .tooMany(permissions.maximum) }
      guard annotation != .defaultNetwork || permissions.defaultNetwork else { throw .defaultNetwork }
      if let name = request.interface, let patterns = permissions.interfaces {
        guard patterns.contains(where: { $0.matches(name.text) }) else { throw .interface(name) }
      }
      for family in families where !permissions.defaultRoute.contains(family) { throw .defaultRoute(family) }
      for ip in request.options.ips + asked.ips { try check(ip, network) }
      if request.options.mac != nil || asked.hasMAC { guard permissions.mac else { throw .mac } }
      if request.options.infinibandGUID != nil { guard permissions.infinibandGUID else { throw .infinibandGUID } }
      if request.options.deviceID != nil { guard permissions.deviceID else { throw .deviceID } }
      for mapping in request.options.portMappings { try check(mapping) }
      if let bandwidth = request.options.bandwidth { try check(bandwidth) }
      return nil
    } catch { return error }
  }

  private func check(_ ip: AddressRequest, _ network: Network) throws(RequestRefusal) {
    let own = network.subnets
    let allowed: [Network.Subnet]
    switch permissions.ips {
    case .none: throw .ips
    case .ofNetwork: allowed = own
    case .subnets(let subnets): allowed = subnets.map { .init(cidr: $0.network, gateway: nil) }
    }
    guard !allowed.isEmpty else { throw .noSubnet(ip) }
    guard let home = allowed.first(where: { $0.cidr.contains(ip.address) }) else { throw .outside(ip, allowed.map(\.cidr)) }
    let asked = ip.prefixLength.flatMap { try? CIDR(ip.address, prefixLength: $0) }
    if let asked, network.takesAnyAddress || own.isEmpty {
      guard asked.prefixLength >= home.cidr.prefixLength else { throw .wider(ip, home.cidr) }
      // The prefix decides about the gateway's address and the route that the node gets.
      let known = own.isEmpty ? allowed : own
      // If the network itself names none, only an entry with one subnet a family leaves the Pod no choice.
      let isChoice = own.isEmpty && known.count { $0.cidr.family == asked.family } > 1
      guard !network.isRoutedByNode || !isChoice && known.contains(where: { $0.cidr == asked.network }) else {
        throw .otherSubnet(ip, known.map(\.cidr))
      }
    }
    let narrow = asked.map { [Network.Subnet(cidr: $0.network, gateway: nil)] } ?? []
    for subnet in own + allowed + narrow {
      if let reserved = subnet.reservation(of: ip.address) { throw .reserved(ip.address, reserved) }
    }
  }

  private func check(_ mapping: PortMapping) throws(RequestRefusal) {
    guard let ports = permissions.portMappings, ports.hostPorts.contains(where: { $0.contains(mapping.hostPort) }) else {
      throw .hostPort(mapping)
    }
    guard let subnets = ports.hostIPs else { return }
    guard let address = mapping.hostIP, subnets.contains(where: { $0.contains(address) }) else { throw .hostIP(mapping, subnets) }
  }

  private func check(_ bandwidth: Bandwidth) throws(RequestRefusal) {
    for limit in BandwidthLimit.allCases {
      guard let asked = bandwidth[limit] else { continue }
      let highest = permissions.bandwidth[limit]
      guard let highest, highest == 0 || asked != 0 && asked <= highest else {
        throw .bandwidth(limit, asked: asked, highest: highest)
      }
    }
  }
}

extension Bandwidth {
  subscript(limit: BandwidthLimit) -> Int? {
    switch limit {
    case .ingressRate: ingressRate
    case .ingressBurst: ingressBurst
    case .egressRate: egressRate
    case .egressBurst: egressBurst
    }
  }
}

/// What `cni-args` of a request asks for. Plugins read addresses there too.
struct RequestedArguments {
  private(set) var ips: [AddressRequest] = []
  private(set) var hasMAC = false

  /// Throws if the entry does not allow a key, or if a plugin would read an address that Braid cannot read.
  init(_ arguments: JSONObject, _ permissions: RequestPermissions) throws(RequestRefusal) {
    for member in arguments.members {
      let key = Self.folded(member.name)
      guard !Self.isSysctl(member.name) else { throw .sysctl(member.name) }
      guard permissions.arguments.contains(where: { $0.matches(member.name) }) else { throw .argument(member.name) }
      switch key {
      case "ips":
        guard let items = member.value.array, items.count <= NetworkRequest.maximumAddresses else {
          throw .unreadableArgument(member.name)
        }
        for item in items {
          guard let ip = item.string.flatMap({ try? AddressRequest($0) }), !ip.address.isIPv4Mapped else {
            throw .unreadableArgument(member.name)
          }
          ips.append(ip)
        }
      case "mac": hasMAC = true
      default: break
      }
    }
  }

  /// Whether a plugin takes a key of `cni-args` for sysctls.
  static func isSysctl(_ name: String) -> Bool { folded(name) == "sysctl" }

  /// What a request asks for in `cni-args` that the network must accept as a capability.
  static func capabilities(_ arguments: JSONObject) -> [Capability] { arguments.members.compactMap { capability($0.name) } }

  /// The capability that a plugin takes a key of `cni-args` for.
  static func capability(_ name: String) -> Capability? { Capability(rawValue: folded(name)) }

  /// The name in lower case, as Go's encoding/json compares it: it also takes U+017F for an s and U+212A for a k.
  private static func folded(_ name: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
      switch scalar {
      case "A"..."Z": folded.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
      case "\u{17f}": folded.append("s")
      case "\u{212a}": folded.append("k")
      default: folded.append(scalar)
      }
    }
    return String(folded)
  }
}
