import CNI
import Plugins

extension DelegateError {
  /// The configuration key at fault; empty if the error is about no single key.
  var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error): error.path
    case .protocol(.configuration(let error)): error.path
    case .plugin(let failure): failure.path
    default: .init()
    }
  }
}
