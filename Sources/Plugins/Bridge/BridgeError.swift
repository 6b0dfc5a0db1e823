import NetworkTypes

/// What stands in the way of a bridge attachment.
package enum BridgeError: Error, Equatable, Sendable {
  /// There is a link of the bridge's name that is no bridge.
  case notABridge(InterfaceName)
  /// The bridge, or its VLAN's gateway interface, was made and is not there.
  case vanished(InterfaceName)
  /// The container has a link of that name already; `port` is the other end that was to be made.
  case containerLinkExists(InterfaceName, port: InterfaceName)
  /// The bridge, or its VLAN's interface, has another address of the family, and `forceAddress` is not set.
  case otherAddress(InterfaceName, wanted: CIDR, isVLAN: Bool)
  /// The bridge needs VLAN filtering, and it is off.
  case noVLANFiltering(InterfaceName)
  /// There is a link of the VLAN's gateway interface's name that does not lead into this bridge.
  case notItsGateway(InterfaceName, bridge: InterfaceName)
  /// The port did not start to forward in time; its state is BR_STATE_*.
  case portNotForwarding(String, state: UInt8)
  /// Somebody else on the link has the address.
  case duplicateAddress(CIDR, InterfaceName)
  case check(BridgeDifference)
}

/// What CHECK finds to be different from the result of ADD.
package enum BridgeDifference: Equatable, Sendable {
  case noPrevResult
  /// The bridge or the container's interface is not in prevResult.
  case nameMissing
  case linkMissing(String)
  /// An interface of the node has a sandbox in prevResult.
  case sandboxed(String)
  case notABridge(String)
  case bridgeMAC(String, expected: String)
  case promiscuity(String, expected: Bool)
  case sandbox(expected: String, netns: String)
  case notAVeth(String)
  case containerMAC(String, expected: String, found: String)
  case portMAC(String, expected: String)
  /// No port of the bridge is the other end of the container's interface.
  case portMissing(bridge: String)
  case vlan(String, id: UInt16)
  case attachment(AttachmentDifference)
}
