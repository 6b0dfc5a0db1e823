import Glibc
import System

/// Finds delegates by type: our own first, then executables in the directories of CNI_PATH, and nowhere else; what of CNI_PATH is no
/// absolute path would depend on where the runtime stands, and does not count.
package enum DelegateLookup {
  /// The types that run in this process, and as which `braid` answers when it is called by that name.
  package static func builtIn(_ type: String) -> (any Delegate)? {
    switch type {
    case "bridge": BridgeDelegate()
    case "macvlan": MacvlanDelegate()
    case "loopback": LoopbackDelegate()
    case "host-local": HostLocalDelegate()
    case "static": StaticDelegate()
    default: nil
    }
  }

  /// Whether an interface plugin may take its addresses from that type: not from an interface plugin of ours.
  package static func mayBeIPAM(_ type: String) -> Bool {
    switch type {
    case "host-local", "static": true
    default: builtIn(type) == nil
    }
  }

  /// Throws `DelegateError.external`: `.badName`, `.notFound` or `.isBraid`.
  package static func delegate(_ type: String, path: [String]) throws(DelegateError) -> any Delegate {
    if let own = builtIn(type) { return own }
    guard !type.isEmpty, type != ".", type != "..", !type.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) else {
      throw .external(.badName(type))
    }
    guard let executable = path.lazy.filter({ $0.hasPrefix("/") }).map({ "\($0)/\(type)" }).first(where: isExecutableFile) else {
      throw .external(.notFound(type: type, path: path))
    }
    guard !ExecutableIdentity.isOurs(executable) else { throw .external(.isBraid(type: type, path: executable)) }
    return ExternalDelegate(type: type, executable: executable)
  }

  private static func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
