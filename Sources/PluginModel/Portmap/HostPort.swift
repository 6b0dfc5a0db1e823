import CNI
import NetworkTypes

/// A port of the node that leads to a port of the container.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
  package enum Transport: String, Sendable, CaseIterable {
    case tcp, udp, sctp

    /// IPPROTO_*.
    package var number: UInt8 {
      switch self {
      case .tcp: 6
      case .udp: 17
      case .sctp: 132
      }
    }
  }

  /// 1 to 65535.
  package let port: UInt16
  /// 1 to 65535; 0 for a host port without its target.
  package let containerPort: UInt16
  package let transport: Transport
  /// The node's address. Nil for all of them, or all of a family.
  package let address: IPAddress?
  /// Nil for both families.
  package let family: AddressFamily?

  /// An unspecified address stands for all of its family, as with the reference plugin.
  init(port: UInt16, containerPort: UInt16, transport: Transport, hostIP: IPAddress?) {
    (self.port, self.containerPort, self.transport) = (port, containerPort, transport)
    (address, family) = (hostIP?.isUnspecified == true ? nil : hostIP, hostIP?.family)
  }

  /// Whether it leads to an address of the container of this family.
  package func serves(_ family: AddressFamily) -> Bool { self.family == nil || self.family == family }

  /// What only one container of a node can have.
  package var withoutTarget: HostPort {
    HostPort(self, containerPort: 0)
  }

  private init(_ other: HostPort, containerPort: UInt16) {
    (port, transport, address, family) = (other.port, other.transport, other.address, other.family)
    self.containerPort = containerPort
  }

  /// `8080/tcp`, with the node's address if it has one: `192.0.2.1:8080/tcp`.
  package var description: String {
    switch address {
    case let address? where address.family == .ipv6: "[\(address)]:\(port)/\(transport.rawValue)"
    case let address?: "\(address):\(port)/\(transport.rawValue)"
    case nil: "\(port)/\(transport.rawValue)"
    }
  }
}

/// One entry of `runtimeConfig.portMappings`. The runtime makes it.
struct HostPortKeys: ConfigurationPart {
  private(set) var hostPort = HostPort(port: 0, containerPort: 0, transport: .tcp, hostIP: nil)
  private var port = 0
  private var containerPort = 0
  private var transport = HostPort.Transport.tcp
  private var hostIP: IPAddress?

  init() {}

  static let fields: [Field<HostPortKeys>] = [
    .ofRuntime("hostPort", .anyInteger) { $0.port = $1 },
    .ofRuntime("containerPort", .anyInteger) { $0.containerPort = $1 },
    .ofRuntime("protocol", .transport) { $0.transport = $1 },
    .ofRuntime("hostIP", .address) { $0.hostIP = $1.withoutMapping },
  ]

  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    guard let container = UInt16(exactly: containerPort), container > 0 else {
      throw .invalid(path.appending("containerPort"), reason: "Invalid container port number: \(containerPort)")
    }
    guard let port = UInt16(exactly: port), port > 0 else {
      throw .invalid(path.appending("hostPort"), reason: "Invalid host port number: \(port)")
    }
    hostPort = HostPort(port: port, containerPort: container, transport: transport, hostIP: hostIP)
  }
}

extension Codec where Value == Int {
  /// A whole number whose range the configuration's `complete` checks.
  fileprivate static var anyInteger: Codec { .uncheckedInteger(0...65535) }
}

extension Codec where Value == HostPort.Transport {
  /// In any case of letters: runtimes differ.
  fileprivate static var transport: Codec {
    Codec(type: .text(.value)) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      if text.isEmpty { return nil }
      guard let transport = HostPort.Transport(rawValue: text.lowercased()) else {
        throw .invalid(path, reason: "unknown protocol \"\(text)\": it must be tcp, udp or sctp")
      }
      return transport
    }
  }
}

extension IPAddress {
  /// An IPv4 address in the form of IPv6 is the IPv4 address.
  fileprivate var withoutMapping: IPAddress {
    isIPv4Mapped ? IPAddress(family: .ipv4, value: value) : self
  }
}
