import JSON
import NetworkTypes

/// The options of one interface that a rule or a Pod's annotation sets, beside its network and name.
package struct AttachmentOptions: Hashable, Sendable {
  package var ips: [AddressRequest] = []
  package var mac: MACAddress?
  /// The value for `mtu` of the chain's first plugin.
  package var mtu: MTU?
  /// Whether the kernel heeds router advertisements on the interface.
  package var acceptsRA = true
  /// Whether packets with an address of the interface leave through it. The chain then has the plugin for source routing.
  package var routesBySource = false
  package var portMappings: [PortMapping] = []
  package var bandwidth: Bandwidth?
  /// 8 bytes in hexadecimal between colons, in the annotation's spelling.
  package var infinibandGUID: String?
  package var deviceID: String?
  /// Values that are merged into `args.cni` of every plugin. They win over the configuration's.
  package var arguments = JSONObject()

  package init() {}

  /// The value of `routing` for `routesBySource`.
  package static let bySource = "source"

  /// The options that plugins get by capability, as values of `runtimeConfig`. Options that are not set are left out.
  package var runtimeConfig: [(capability: Capability, value: JSON)] {
    var values: [(Capability, JSON)] = []
    if !ips.isEmpty { values.append((.ips, .array(ips.map { .string($0.description) }))) }
    if let mac { values.append((.mac, .string(mac.description))) }
    if !portMappings.isEmpty { values.append((.portMappings, .array(portMappings.map(\.json)))) }
    if let bandwidth { values.append((.bandwidth, bandwidth.json)) }
    if let infinibandGUID { values.append((.infinibandGUID, .string(infinibandGUID))) }
    if let deviceID { values.append((.deviceID, .string(deviceID))) }
    return values
  }
}

/// A requested address. Without a prefix length the IPAM plugin chooses it.
package struct AddressRequest: Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  package let prefixLength: Int?

  /// Throws `NetworkTypeError`.
  package init(_ text: String) throws(NetworkTypeError) {
    if text.utf8.contains(UInt8(ascii: "/")) {
      let cidr = try CIDR(text)
      (address, prefixLength) = (cidr.address, cidr.prefixLength)
    } else {
      (address, prefixLength) = (try IPAddress(text), nil)
    }
  }

  package var description: String { prefixLength.map { "\(address)/\($0)" } ?? address.description }
}

/// A port of the node that leads to a port of the Pod.
package struct PortMapping: Hashable, Sendable {
  /// 1 to 65535.
  package let hostPort: Int
  /// 1 to 65535.
  package let containerPort: Int
  /// `tcp`, `udp` or `sctp`.
  package let transport: String
  package let hostIP: IPAddress?

  /// The mapping with the names of the CNI conventions.
  package var json: JSON {
    var object: JSONObject = [
      "hostPort": JSON(hostPort), "containerPort": JSON(containerPort), "protocol": .string(transport),
    ]
    if let hostIP { object["hostIP"] = .string(hostIP.description) }
    return .object(object)
  }
}

/// Limits of an interface's traffic: rates in bits per second, bursts in bits. Nil if a limit is not set.
package struct Bandwidth: Hashable, Sendable {
  package var ingressRate: Int?
  package var ingressBurst: Int?
  package var egressRate: Int?
  package var egressBurst: Int?

  package init(ingressRate: Int? = nil, ingressBurst: Int? = nil, egressRate: Int? = nil, egressBurst: Int? = nil) {
    (self.ingressRate, self.ingressBurst) = (ingressRate, ingressBurst)
    (self.egressRate, self.egressBurst) = (egressRate, egressBurst)
  }

  /// The name of a burst whose rate is missing or zero. Nil if there is none.
  var burstWithoutRate: String? {
    if let ingressBurst, ingressBurst > 0, (ingressRate ?? 0) == 0 { return "ingressBurst" }
    if let egressBurst, egressBurst > 0, (egressRate ?? 0) == 0 { return "egressBurst" }
    return nil
  }

  /// The limits with the names of the CNI conventions.
  package var json: JSON {
    var object = JSONObject()
    if let ingressRate { object["ingressRate"] = JSON(ingressRate) }
    if let ingressBurst { object["ingressBurst"] = JSON(ingressBurst) }
    if let egressRate { object["egressRate"] = JSON(egressRate) }
    if let egressBurst { object["egressBurst"] = JSON(egressBurst) }
    return .object(object)
  }
}

extension PortMapping {
  /// The part of a mapping that a node can have only once.
  fileprivate var withoutTarget: PortMapping {
    PortMapping(hostPort: hostPort, containerPort: 0, transport: transport, hostIP: hostIP)
  }
}

extension AttachmentOptions {
  /// The mappings whose host port an earlier mapping has.
  var repeatedPorts: [PortMapping] {
    var seen: Set<PortMapping> = []
    return portMappings.filter { !seen.insert($0.withoutTarget).inserted }
  }

  /// Whether the checks of the policy find fault with the options themselves. A plugin would refuse them too.
  var areWrongByThemselves: Bool { bandwidth?.burstWithoutRate != nil || !repeatedPorts.isEmpty }
}
