import CNI
import NetworkTypes

/// Why an interface cannot be made, whichever plugin makes it.
package enum InterfaceError: PluginFailure, Equatable {
  /// Another host on the link has the address.
  case duplicateAddress(CIDR, InterfaceName)
  /// The container has a link of that name already. `port` is the name that the node's end would have had.
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
