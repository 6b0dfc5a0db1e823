import CNI
import Plugins

extension DelegateError {
  /// The key of the configuration that is at fault; the whole configuration if it is none.
  var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error): error.path
    case .protocol(.configuration(let error)): error.path
    case .plugin(let failure): failure.path
    default: .init()
    }
  }
}
