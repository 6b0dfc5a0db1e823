import NetworkTypes

/// What stands in the way of a bridge attachment.
package enum BridgeError: Error, Equatable, Sendable {
  /// There is a link of the bridge's name that is no bridge.
  case notABridge(InterfaceName)
  /// The bridge was made and is not there.
  case vanished(InterfaceName)
  /// The container has a link of that name already.
  case containerLinkExists(InterfaceName)
  /// The bridge has another address of the family, and `forceAddress` is not set.
  case otherAddress(InterfaceName, wanted: CIDR)
  /// The bridge needs VLAN filtering, and it is off.
  case noVLANFiltering(InterfaceName)
  /// The port did not start to forward in time; its state is BR_STATE_*.
  case portNotForwarding(String, state: UInt8)
  case check(BridgeDifference)
}

/// What CHECK finds to be different from the result of ADD.
package enum BridgeDifference: Equatable, Sendable {
  case noPrevResult
  case prevResultWithout(String)
  case linkMissing(String)
  case kind(String, expected: String, found: String)
  case mac(String, expected: String, found: String)
  case master(String, expected: String)
  case peer(String, of: String)
  case sandbox(String, expected: String)
  case addressMissing(CIDR, String)
  case routeMissing(CIDR, via: IPAddress?)
  case promiscuity(String, expected: Bool)
  case vlan(String, id: UInt16)
}
