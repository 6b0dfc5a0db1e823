import CNI
import NetworkTypes
import System

/// Why an address could not be given, kept or taken back, although the configuration is good. The texts are those that users of the reference plugins know.
package enum IPAMError: Error, Equatable, Sendable {
  case `protocol`(ProtocolError)
  case system(SystemError)
  /// Two addresses of one family, for which results before 0.3.0 have no room.
  case severalAddresses(SpecVersion)
  /// Every address of a set is taken.
  case exhausted(Exhaustion)
  /// The address asked for cannot be given.
  case requested(set: Int, IPAddress, RequestProblem)
  /// Addresses asked for that no set contains.
  case unmatched([IPAddress])
  /// The attachment has an address of the set from an earlier ADD.
  case duplicate(set: Int, Owner, IPAddress)
  /// CHECK: the attachment has no reservation.
  case notReserved(ContainerID)
  /// CHECK: the attachment should have this address, and has others alone.
  case lost(IPAddress, ContainerID)
  case resolvConf(SystemError)
  case staticAddress(String, reason: String)
  case noPrevResult
  /// CHECK: prevResult has the address not at all, or with another gateway.
  case checkMismatch(IPAddress, InterfaceName)

  package enum RequestProblem: Equatable, Sendable {
    case gateway
    case taken(ranges: String)
  }
}

/// A set that has no address left.
package struct Exhaustion: Equatable, Sendable {
  /// Counted from 0, and its ranges as the user knows them.
  package let set: Int
  package let ranges: String
  /// How many addresses it has in all.
  package let capacity: UInt128
  /// Who has held one for the longest time.
  package var oldest: Holder?

  package struct Holder: Equatable, Sendable {
    package let address: IPAddress
    package let owner: Owner
    /// When it was reserved, in seconds since 1970.
    package let since: Int
  }
}
