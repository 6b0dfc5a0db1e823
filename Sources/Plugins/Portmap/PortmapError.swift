import CNI
import NetworkTypes
import PluginModel

/// Why a host port cannot lead to the container, or does not.
package enum PortmapError: PluginFailure, Equatable {
  /// Another container has the port. `by` is the comment of its element.
  case taken(HostPort, by: String?)
  /// CHECK: the port does not lead to the container's address.
  case notForwarded(HostPort, to: IPAddress)

  package var object: ErrorObject {
    switch self {
    case .taken(let port, let holder):
      ErrorObject(
        .tryAgainLater,
        "host port \(port) is taken by \(holder ?? "an element without a comment") (table \(RulesetLayout.table) of nf_tables)")
    case .notForwarded(let port, let address):
      ErrorObject(.io, "host port \(port) does not lead to \(address) (table \(RulesetLayout.table) of nf_tables)")
    }
  }
}
