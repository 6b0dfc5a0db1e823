import CNI
import NetworkTypes

/// Why `ptp` refuses an attachment, or finds it changed.
package enum PTPError: PluginFailure, Equatable {
  /// The IPAM plugin gave an address without a gateway of the same family.
  case noGateway(CIDR)
  /// The IPAM plugin gave the gateway's address to the container.
  case ownGateway(IPAddress)
  case check(PTPDifference)

  package var object: ErrorObject {
    switch self {
    case .noGateway(let address):
      ErrorObject(
        .invalidConfiguration, "the IPAM plugin gave the address \(address) without a gateway, and ptp has no other next hop")
    case .ownGateway(let address):
      ErrorObject(
        .invalidConfiguration,
        "the IPAM plugin gave the container the gateway's address \(address), which the node's end must have")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }
}

/// A difference between what CHECK finds and the result of ADD. Where the reference plugin has a text for it, this is its text, since
/// other programs compare the texts. The reference plugin checks the container's side only.
package enum PTPDifference: Equatable, Sendable, CustomStringConvertible {
  /// The node has no other end of the container's interface of this name.
  case portMissing(String)
  /// The node's end lacks the gateway's address.
  case gatewayMissing(IPAddress, String)
  /// The node has no route to the container's address over its end.
  case routeMissing(IPAddress, String)
  /// The container's side.
  case interface(InterfaceDifference)

  package var description: String {
    switch self {
    case .portMissing(let name): "the node has no other end of the interface \(name)"
    case .gatewayMissing(let address, let port): "the gateway's address \(address) is not on the interface \(port) of the node"
    case .routeMissing(let address, let port): "the node has no route to \(address) over the interface \(port)"
    case .interface(let difference): Self.text(difference)
    }
  }

  private static func text(_ difference: InterfaceDifference) -> String {
    switch difference {
    case .noPrevResult: "ptp: Required prevResult missing"
    case .sandbox(let expected, let netns): "Sandbox in prevResult \(expected) doesn't match configured netns: \(netns)"
    case .linkMissing(let name): "ptp: Container Interface name in prevResult: \(name) not found"
    case .otherKind(let name): "Error: Container interface \(name) not of type veth/p2p"
    case .mac(let name, let expected, let found): "ptp: Interface \(name) Mac \(expected) doesn't match container Mac: \(found)"
    case .attachment(let difference): difference.description
    }
  }
}
