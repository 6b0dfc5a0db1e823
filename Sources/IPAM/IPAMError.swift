import CNI
import NetworkTypes
import PluginModel
import System

/// Why an address could not be given, checked or freed, although the configuration is valid. The texts are the reference
/// plugins'.
package enum IPAMError: Error, Equatable, Sendable {
  case `protocol`(ProtocolError)
  case system(SystemError)
  /// CNI_ARGS and the configuration do not fit together.
  case configuration(PluginConfigurationError)
  /// Every address of a set is taken.
  case exhausted(Exhaustion)
  /// The requested address cannot be given.
  case requested(set: Int, IPAddress, RequestProblem)
  /// Requested addresses that no set contains.
  case unmatched([IPAddress])
  /// The attachment has an address of the set from an earlier ADD.
  case duplicate(set: Int, Owner, IPAddress)
  /// CHECK: the attachment has no reservation.
  case notReserved(ContainerID)
  /// CHECK: this address is not reserved for the attachment, but other addresses are.
  case lost(IPAddress, ContainerID)
  case resolvConf(SystemError)
  case noPrevResult
  /// CHECK: prevResult lacks the address, or has it with another gateway.
  case checkMismatch(IPAddress, InterfaceName)

  package enum RequestProblem: Equatable, Sendable {
    case gateway
    case taken(ranges: String, holder: Holder?)
  }
}

/// A set that has no address left.
package struct Exhaustion: Equatable, Sendable {
  /// The number of the set, from 0.
  package let set: Int
  package let ranges: String
  /// How many addresses it has in all.
  package let capacity: UInt128
  /// The owner that has held an address for the longest time.
  package var oldest: Holder?
  /// Files that are no reservations, and take addresses of the set all the same.
  package var odd: [OddReservation] = []
}

/// A reservation: who has an address.
package struct Holder: Equatable, Sendable {
  package let address: IPAddress
  package let owner: Owner
  /// When it was reserved.
  package let since: FileTime
}
