import CNI
import NetworkTypes

/// Why a bridge attachment cannot be made, or how it differs from its ADD.
package enum BridgeError: PluginFailure, Equatable {
  /// The link that has the bridge's name is no bridge.
  case notABridge(InterfaceName)
  /// The bridge or the VLAN's gateway interface vanished right after it was made.
  case vanished(InterfaceName)
  /// The bridge, or its VLAN's gateway interface, has another address of the family, and `forceAddress` is not set.
  case otherAddress(InterfaceName, wanted: CIDR, isVLAN: Bool)
  /// The network needs VLAN filtering, but the bridge has it off.
  case noVLANFiltering(InterfaceName)
  /// The kernel cannot filter VLANs on bridges.
  case kernelWithoutVLANFiltering(InterfaceName)
  /// The link that has the name of the VLAN's gateway interface does not lead into this bridge.
  case notItsGateway(InterfaceName, bridge: InterfaceName)
  /// The port did not start to forward in time. `state` is BR_STATE_*.
  case portNotForwarding(String, state: UInt8)
  case check(BridgeDifference)
}

extension BridgeError {
  package var object: ErrorObject {
    switch self {
    case .notABridge(let name):
      ErrorObject(.invalidConfiguration, "failed to create bridge \"\(name)\": \"\(name)\" already exists but is not a bridge")
    case .vanished(let name): ErrorObject(.tryAgainLater, "bridge \"\(name)\" went away while it was being used")
    case .otherAddress(let name, let wanted, let isVLAN):
      ErrorObject(
        .invalidConfiguration,
        "failed to set \(isVLAN ? "vlan interface for bridge with addr" : "bridge addr"): \"\(name)\" already has an IP address "
          + "different from \(wanted)")
    case .noVLANFiltering(let name):
      ErrorObject(
        .invalidConfiguration, "bridge \"\(name)\" does not filter VLANs (ip link set \(name) type bridge vlan_filtering 1)")
    case .kernelWithoutVLANFiltering(let name):
      ErrorObject(
        .invalidConfiguration,
        "bridge \"\(name)\" cannot filter VLANs: this kernel was built without CONFIG_BRIDGE_VLAN_FILTERING, which vlan and vlanTrunk need"
      )
    case .notItsGateway(let name, let bridge):
      ErrorObject(
        .invalidConfiguration, "failed to create vlan interface: \"\(name)\" does not lead into bridge \"\(bridge)\"")
    case .portNotForwarding(let name, let state): ErrorObject(.tryAgainLater, "bridge port \(name) in error state: \(state)")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }
}

/// A difference that CHECK finds between the kernel and the result of ADD. The text is the reference plugin's if it has one,
/// because other programs compare it.
package enum BridgeDifference: Equatable, Sendable, CustomStringConvertible {
  /// The bridge is not in prevResult.
  case nameMissing
  /// prevResult names a link that the node does not have.
  case linkMissing(String)
  /// prevResult gives an interface of the node a sandbox.
  case sandboxed(String)
  case notABridge(String)
  case bridgeMAC(String, expected: String)
  case promiscuity(String, expected: Bool)
  /// No port of the bridge is the other end of the container's interface.
  case portMissing(bridge: String)
  case vlan(String, id: UInt16)
  /// A difference on the container's side.
  case interface(InterfaceDifference)

  package var description: String {
    switch self {
    case .nameMissing: "Interface name missing "
    case .linkMissing(let name): "Interface name \(name) not found"
    case .sandboxed(let name): "Interface \(name) should not be in sandbox"
    case .notABridge(let name): "Interface \(name) does not have link type of bridge"
    case .bridgeMAC(let name, let expected): "Bridge interface \(name) Mac doesn't match: \(expected)"
    case .promiscuity(let name, let expected):
      "Bridge interface \(name) configured Promisc Mode \(expected) doesn't match current state: \(!expected) "
    case .portMissing(let bridge): "CNI veth created for bridge \(bridge) was not found"
    case .vlan(let name, let id): "Interface \(name) is not in VLAN \(id)"
    case .interface(let difference): Self.text(difference)
    }
  }

  private static func text(_ difference: InterfaceDifference) -> String {
    switch difference {
    case .noPrevResult: "Required prevResult missing"
    case .sandbox(let expected, let netns): "Sandbox in prevResult \(expected) doesn't match configured netns: \(netns)"
    case .linkMissing(let name): "Interface name \(name) not found"
    case .otherKind(let name): "Error: Container interface \(name) not of type veth"
    case .mac(let name, let expected, let found): "Interface \(name) Mac \(expected) doesn't match container Mac: \(found)"
    case .attachment(let difference): difference.description
    }
  }
}
