import CNI
import NetworkTypes

/// What stands in the way of an interface, whichever plugin makes it.
package enum InterfaceError: PluginFailure, Equatable {
  /// Somebody else on the link has the address.
  case duplicateAddress(CIDR, InterfaceName)

  package var object: ErrorObject {
    switch self {
    case .duplicateAddress(let address, let name):
      ErrorObject(
        .invalidConfiguration, "address \(address) of \(name) is in use on the link: duplicate address detection failed")
    }
  }
}
