import CNI
import Netlink
import NetworkTypes

/// Why `sbr` refuses an attachment, or finds it changed.
package enum SBRError: PluginFailure, Equatable {
  case noAddress(String)
  case check(SBRDifference)

  package var object: ErrorObject {
    switch self {
    case .noAddress(let name): ErrorObject(.invalidConfiguration, "No IP addresses supplied on interface: \(name)")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }
}

/// A difference between the container and what the ADD made. The reference plugin compares nothing.
package enum SBRDifference: Equatable, Sendable, CustomStringConvertible {
  /// No rule leads packets from the address to a table, or to this one.
  case ruleMissing(IPAddress, table: UInt32?)
  case routeMissing(Route, String)

  package var description: String {
    switch self {
    case .ruleMissing(let address, nil): "no rule leads packets from \(address) to a routing table of their own"
    case .ruleMissing(let address, let table?): "no rule leads packets from \(address) to the routing table \(table)"
    case .routeMissing(let route, let name): "the route \(route.description(dev: name)) is missing"
    }
  }
}
