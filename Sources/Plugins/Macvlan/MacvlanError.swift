import NetworkTypes

/// What stands in the way of a macvlan attachment.
package enum MacvlanError: Error, Equatable, Sendable {
  /// No `master` is configured and there is no default route that would name one.
  case noDefaultRoute
  /// There is no link of the master's name.
  case masterMissing(InterfaceName)
  /// The MTU asked for, and the master's, in bytes.
  case mtu(Int, master: Int)
  case containerLinkExists(InterfaceName)
  case check(MacvlanDifference)
}

/// What CHECK finds to be different from the result of ADD.
package enum MacvlanDifference: Equatable, Sendable {
  case noPrevResult
  case sandbox(expected: String, netns: String)
  case linkMissing(String)
  case notAMacvlan(String)
  case mode(found: String, expected: String)
  /// It is on another link than the master.
  case master(String, expected: String)
  case mac(String, expected: String, found: String)
  case attachment(AttachmentDifference)
}
