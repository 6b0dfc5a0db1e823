import CNI
import Diagnostics
import NetworkTypes

/// What the Pods of some namespaces may ask for by annotation: one entry of `requests`.
package struct RequestGrant: Sendable {
  package let namespaces: [Glob]
  package let networks: [NetworkName]
  package let span: Span
  /// Whether the result for the runtime has the addresses in these networks.
  package var inResult = true
  package var permissions = RequestPermissions()

  /// The condition that a Pod must meet to ask for these networks.
  package var match: Match { Self.match(namespaces) }

  package static func match(_ namespaces: [Glob]) -> Match { Match(conditions: [.namespaces(namespaces)]) }
}

/// What a request may ask for beside a network and the interface's name. The defaults are those of an entry without these keys.
package struct RequestPermissions: Sendable, Equatable {
  package var ips = Addresses.ofNetwork
  package var mac = true
  /// The families whose default route a request may take over.
  package var defaultRoute: [AddressFamily] = []
  /// Whether a request may replace the rule's first attachment.
  package var defaultNetwork = false
  /// Nil if a request may not ask for port mappings.
  package var portMappings: Ports?
  /// The highest rates and bursts. 0 is no limit; nil keeps requests from setting the value.
  package var bandwidth = Bandwidth()
  /// Patterns for the keys of `cni-args`.
  package var arguments: [Glob] = []
  /// Patterns for the names that a request gives to interfaces. Nil allows every name.
  package var interfaces: [Glob]?
  /// How many requests of one Pod the entry allows.
  package var maximum = NetworkRequest.maximumCount
  package var infinibandGUID = false
  package var deviceID = false

  /// The addresses that requests may ask for.
  package enum Addresses: Sendable, Equatable {
    case none
    /// Those of the subnets that the network's own configuration names.
    case ofNetwork
    case subnets([CIDR])
  }

  /// The ports of the node that requests may ask for.
  package struct Ports: Sendable, Equatable {
    /// 1 to 65535.
    package var hostPorts: [ClosedRange<Int>]
    /// The subnets of the node's addresses. Nil allows every `hostIP`, and none, which stands for all addresses.
    package var hostIPs: [CIDR]?

    package init(hostPorts: [ClosedRange<Int>], hostIPs: [CIDR]? = nil) { (self.hostPorts, self.hostIPs) = (hostPorts, hostIPs) }
  }

  package init() {}
}
