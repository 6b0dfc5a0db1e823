import CNI
import NetworkTypes
import Plugins

/// Why the Pod's default route cannot be put through the attachment that must have it.
enum DefaultRouteError: PluginFailure, Equatable {
  /// The attachment brought no default route of these families, and no gateway for one.
  case notBrought([AddressFamily])

  var object: ErrorObject {
    switch self {
    case .notBrought(let families):
      let names = families.map { "IPv\($0.rawValue)" }
      return ErrorObject(
        .invalidConfiguration,
        "the network is to give the Pod its \(names.joined(separator: " or ")) default route, but it brought none, and its "
          + "addresses have no \(names.joined(separator: " or ")) gateway: write a gateway in its ipam, or let another attachment "
          + "have the default route")
    }
  }
}
