import Glibc
import PluginModel
import System

/// Finds delegates by type: first those that run in this process, then executables in the directories of CNI_PATH.
///
/// Relative entries of CNI_PATH are ignored: their meaning would depend on the runtime's working directory.
package struct DelegateLookup: Sendable {
  private let builtIn: @Sendable (String) -> (any Delegate)?

  /// `builtIn` gives the delegates that run in this process.
  package init(builtIn: @escaping @Sendable (String) -> (any Delegate)? = BuiltInPlugin.delegate) { self.builtIn = builtIn }

  /// Throws `DelegateError.external`: `.badName`, `.notFound` or `.isBraid`.
  package func delegate(_ type: String, path: [String]) throws(DelegateError) -> any Delegate {
    if let own = builtIn(type) { return own }
    guard !type.isEmpty, type != ".", type != "..", !type.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) else {
      throw .external(.badName(type))
    }
    let candidates = path.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(type)" }
    guard let executable = candidates.first(where: Self.isExecutableFile) else {
      throw .external(.notFound(type: type, path: path))
    }
    guard !ExecutableIdentity.isOurs(executable) else { throw .external(.isBraid(type: type, path: executable)) }
    return ExternalDelegate(type: type, executable: executable)
  }

  /// The traits of a type together with its IPAM plugin, if it has one. Does not look at the disk.
  package func traits(_ type: String, ipam: String? = nil) -> DelegateTraits {
    let own = builtIn(type)?.traits ?? .unknown
    return ipam.map { own.over(traits($0)) } ?? own
  }

  private static func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
