import CNI
import Netlink
import NetworkTypes
import System

/// The node during one run of the program: its namespace, the containers' namespaces, and the look-up of delegates.
///
/// Each namespace is entered once, to open a netlink socket and the sysctl directories there. After that nobody enters it again.
package final class Node {
  /// The namespace that the runtime called us in.
  package let host: NodeNamespace
  /// The containers' namespaces, each with the path that it was opened by. A run of the program meets one or two.
  private var containers: [(path: String, namespace: NodeNamespace)] = []
  /// The time for the executables of other plugins.
  let timeLimit: TimeLimit
  /// What a person should look at although the operation succeeded.
  package private(set) var notices: [String] = []
  /// Where delegates are found.
  package let delegates: DelegateLookup

  package init(timeLimit: TimeLimit = TimeLimit(), delegates: DelegateLookup = DelegateLookup()) throws(DelegateError) {
    host = try NodeNamespace(current: ())
    (self.timeLimit, self.delegates) = (timeLimit, delegates)
  }

  /// The namespace behind CNI_NETNS, opened on first use.
  ///
  /// Throws `DelegateError.netns` with ENOENT or `notANetworkNamespace` if the namespace is gone.
  package func container(_ path: String) throws(DelegateError) -> NodeNamespace {
    if let known = containers.first(where: { $0.path == path }) { return known.namespace }
    let namespace: NetworkNamespace
    do { namespace = try NetworkNamespace(path: path) } catch { throw .netns(path, error) }
    let opened = try NodeNamespace(namespace, from: host)
    containers.append((path, opened))
    return opened
  }

  /// Adds to what a person should look at.
  func notice(_ text: String) { notices.append(text) }

  /// The identity of the namespace that a path leads to.
  package func namespaceIdentity(_ path: String) throws(SystemError) -> NetworkNamespace.Identity {
    try NetworkNamespace(path: path).identity
  }

  /// Like `container`, but nil when the path is empty or the namespace has gone.
  package func containerIfPresent(_ path: String) throws(DelegateError) -> NodeNamespace? {
    guard !path.isEmpty else { return nil }
    do { return try container(path) } catch {
      if case .netns(_, .notANetworkNamespace) = error { return nil }
      if case .netns(_, let cause) = error, cause.errno == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }
}
