import CNI
import NetworkTypes

/// What stands in the way of an interface, whichever plugin makes it.
package enum InterfaceError: PluginFailure, Equatable {
  /// Somebody else on the link has the address.
  case duplicateAddress(CIDR, InterfaceName)
  /// The container has a link of that name already; `port` is the other end that was to be made.
  case containerLinkExists(InterfaceName, port: InterfaceName)

  package var object: ErrorObject {
    switch self {
    case .duplicateAddress(let address, let name):
      ErrorObject(
        .invalidConfiguration, "address \(address) of \(name) is in use on the link: duplicate address detection failed")
    case .containerLinkExists(let name, let port):
      ErrorObject(.io, "container veth name (\"\(name)\") peer provided (\"\(port)\") already exists")
    }
  }
}
