import CNI
import Diagnostics
import JSON
import NetworkTypes

@testable import Policy

/// An entry of `requests` and an annotation, a line of YAML keys and the rest. What is selected is what a second reading of both, written
/// apart from the first, allows.
func grantInput(_ bytes: [UInt8]) throws(Violation) {
  let parts = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2, let policy = grantingPolicy(String(decoding: parts[0], as: UTF8.self)),
    let eth0 = try? InterfaceName("eth0")
  else { return }
  let text = String(decoding: parts[1], as: UTF8.self)
  guard let requests = try? NetworkRequest.parse(text) else { return }
  let pod = Pod(namespace: "a", name: "p", annotations: [RequestAnnotation.networks.rawValue: text])
  let reason = GrantModel(policy).objection(to: requests)
  var refusal: SelectionError?
  do throws(SelectionError) { _ = try policy.select(pod, interface: eth0) } catch { refusal = error }
  switch refusal {
  case nil: try Violation.unless(reason == nil, "it is allowed, although \(reason ?? "")")
  case .refused(_, _, _, let refused, _)?: try Violation.unless(reason != nil, "it is refused without need: \(refused.text)")
  default: break
  }
}

/// A policy whose only entry of `requests` has these keys. Nil if it is not valid.
private func grantingPolicy(_ keys: String) -> Policy? {
  let text = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
      fixed: {chain: [{type: bridge, bridge: br1, isGateway: true, ipam: {type: static, addresses: [{address: 10.3.0.7/24}]}}]}
      free: {chain: [{type: macvlan, master: eth2, ipam: {type: static}}]}
      own: {chain: [{type: own, capabilities: {ips: true, mac: true, deviceID: true, infinibandGUID: true, bandwidth: true, portMappings: true}}]}
    rules: [{name: all, attach: [{network: pods}]}]
    requests:
      - {namespaces: [a], networks: [pods, fixed, free, own], \(keys)}
    """
  var findings = Findings()
  return Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings)
}

/// The meaning of an entry of `requests`, computed from the keys of docs/policy.md and the networks above.
private struct GrantModel {
  let permissions: RequestPermissions

  init(_ policy: Policy) { permissions = policy.requests[0].permissions }

  /// Why the entry does not allow all of the requests. Nil if it does.
  func objection(to requests: [NetworkRequest]) -> String? {
    if requests.count > permissions.maximum { return "there are too many" }
    return requests.lazy.compactMap { objection(to: $0) }.first
  }

  private func objection(to request: NetworkRequest) -> String? {
    let options = request.options
    if let name = request.interface, let globs = permissions.interfaces, !globs.contains(where: { $0.matches(name.text) }) {
      return "the name of the interface is not granted"
    }
    for gateway in request.defaultRoute ?? [] where !permissions.defaultRoute.contains(gateway.family) {
      return "the default route is not granted"
    }
    // An empty list claims the families that the network may have: IPv4, and the other one too if its addresses are not known.
    if request.defaultRoute?.isEmpty == true {
      let families: [AddressFamily] = ["pods", "fixed"].contains(request.name) ? [.ipv4] : families(of: request)
      if families.contains(where: { !permissions.defaultRoute.contains($0) }) { return "the default route is not granted" }
    }
    if options.mac != nil, !permissions.mac { return "the hardware address is not granted" }
    if options.deviceID != nil, !permissions.deviceID { return "the device is not granted" }
    if options.infinibandGUID != nil, !permissions.infinibandGUID { return "the GUID is not granted" }
    var ips = options.ips
    for member in options.arguments.members {
      let name = member.name.unicodeScalars.map { $0 == "\u{17f}" ? "s" : $0 == "\u{212a}" ? "k" : String($0).lowercased() }
        .joined()
      if name == "sysctl" { return "sysctls are never granted" }
      if !permissions.arguments.contains(where: { $0.matches(member.name) }) { return "the key of cni-args is not granted" }
      if name == "mac", !permissions.mac { return "the hardware address is not granted" }
      if name == "ips" {
        guard let items = member.value.array, items.count <= 16 else { return "the addresses cannot be read" }
        for item in items {
          guard let ip = item.string.flatMap({ try? AddressRequest($0) }) else { return "the addresses cannot be read" }
          ips.append(ip)
        }
      }
    }
    for ip in ips { if let objection = objection(to: ip, of: request.name) { return objection } }
    for mapping in options.portMappings {
      guard let ports = permissions.portMappings, ports.hostPorts.contains(where: { $0 ~= mapping.hostPort }) else {
        return "the port is not granted"
      }
      guard let nets = ports.hostIPs else { continue }
      if !nets.contains(where: { net in mapping.hostIP.map { net.contains($0) } ?? false }) { return "the hostIP is not granted" }
    }
    let pairs = [
      (options.bandwidth?.ingressRate, permissions.bandwidth.ingressRate),
      (options.bandwidth?.ingressBurst, permissions.bandwidth.ingressBurst),
      (options.bandwidth?.egressRate, permissions.bandwidth.egressRate),
      (options.bandwidth?.egressBurst, permissions.bandwidth.egressBurst),
    ]
    for case (let asked?, let limit) in pairs {
      let isWithin = limit == 0 || limit.map { asked > 0 && asked <= $0 } ?? false
      if !isWithin { return "the bandwidth is not granted" }
    }
    return nil
  }

  /// The families of which a network without known addresses may bring a default route.
  private func families(of request: NetworkRequest) -> [AddressFamily] {
    // Of `free` only the requested addresses are known, and they have no gateway: then both are claimed, and refused later.
    AddressFamily.allCases
  }

  private func objection(to ip: AddressRequest, of network: String) -> String? {
    let own: (UInt128, Int)? = network == "pods" ? (0x0a01_0000, 24) : network == "fixed" ? (0x0a03_0000, 24) : nil
    var nets: [(family: AddressFamily, base: UInt128, length: Int)] = []
    switch permissions.ips {
    case .none: return "addresses are not granted"
    case .ofNetwork: if let own { nets = [(.ipv4, own.0, own.1)] }
    case .subnets(let subnets): nets = subnets.map { ($0.family, $0.address.value, $0.prefixLength) }
    }
    func isIn(_ net: (family: AddressFamily, base: UInt128, length: Int)) -> Bool {
      let shift = UInt128(net.family.bits - net.length)
      return net.family == ip.address.family && (shift == 128 || ip.address.value >> shift == net.base >> shift)
    }
    guard let home = nets.first(where: isIn) else { return "the address is in none of the subnets" }
    if network != "pods", let length = ip.prefixLength {
      if length < home.length { return "the prefix is too short" }
      if network == "fixed", !(length == 24 && ip.address.value >> 8 == 0x0a03_00) {
        return "the node does not route that network"
      }
    }
    var bounds = nets.filter(isIn)
    if let own { bounds.append((.ipv4, own.0, own.1)) }
    if let length = ip.prefixLength { bounds.append((ip.address.family, ip.address.value, length)) }
    for net in bounds where net.family == ip.address.family && net.family.bits - net.length >= 2 && isIn(net) {
      let size = net.family.bits - net.length
      let host = size == 128 ? ip.address.value : ip.address.value & ((1 << UInt128(size)) - 1)
      if host == 0 { return "it stands for the subnet" }
      if net.family == .ipv4, host == (1 << UInt128(size)) - 1 { return "it is the broadcast address" }
    }
    if let own, ip.address.family == .ipv4, ip.address.value == own.0 + 1 { return "it is the gateway" }
    return nil
  }
}
