import CNI
import Netlink
import NetworkTypes
import System

/// The node as one process run sees it: its namespace, the containers' namespaces, and the delegates by type.
///
/// Every namespace is entered once, to open a netlink socket and the sysctl directories there; after that nobody enters it again.
package final class Node {
  /// The network of the node: the namespace that the runtime called us in.
  package let host: NodeNamespace
  private var containers: [String: NodeNamespace] = [:]
  /// For the executables of others.
  let timeLimit: TimeLimit
  private let lookup: (String, [String]) throws(DelegateError) -> any Delegate

  /// `lookup` finds the delegate of a type, built in or in the directories of CNI_PATH.
  package init(
    timeLimit: TimeLimit = TimeLimit(), lookup: @escaping (String, [String]) throws(DelegateError) -> any Delegate
  ) throws(DelegateError) {
    host = try NodeNamespace(current: ())
    self.timeLimit = timeLimit
    self.lookup = lookup
  }

  /// The delegate of a type; throws `DelegateError.external(.notFound)`.
  package func delegate(_ type: String, path: [String]) throws(DelegateError) -> any Delegate { try lookup(type, path) }

  /// The namespace behind CNI_NETNS, opened on first use.
  ///
  /// Throws `DelegateError.netns` with ENOENT or `notANetworkNamespace` when it is gone.
  package func container(_ path: String) throws(DelegateError) -> NodeNamespace {
    if let known = containers[path] { return known }
    let namespace: NetworkNamespace
    do { namespace = try NetworkNamespace(path: path) } catch { throw .netns(path, error) }
    let opened = try NodeNamespace(namespace, from: host)
    containers[path] = opened
    return opened
  }

  /// Which namespace a path leads to.
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

/// One open network namespace: its rtnetlink socket and its sysctls.
package final class NodeNamespace {
  package let namespace: NetworkNamespace
  package var path: String { namespace.path }
  package var route: RouteSocket
  package let sysctl: Sysctl

  /// The namespace that the thread is in.
  init(current: Void) throws(DelegateError) {
    let namespace = try open { () throws(SystemError) in try NetworkNamespace.current() }
    let opened = try OpenNamespace()
    self.namespace = namespace
    route = opened.route
    sysctl = opened.sysctl
  }

  /// A container's, entered from the node's to open what is needed there.
  init(_ namespace: consuming NetworkNamespace, from home: NodeNamespace) throws(DelegateError) {
    let opened = try namespace.visit(from: home.namespace, failure: DelegateError.system) {
      () throws(DelegateError) in try OpenNamespace()
    }
    self.namespace = namespace
    route = opened.route
    sysctl = opened.sysctl
  }
}

/// What is opened inside a namespace.
private struct OpenNamespace: ~Copyable {
  let route: RouteSocket
  let sysctl: Sysctl

  init() throws(DelegateError) {
    let sysctl = try open { () throws(SystemError) in try Sysctl() }
    let route = try openRoute()
    self.sysctl = sysctl
    self.route = route
  }
}

private func openRoute() throws(DelegateError) -> RouteSocket {
  do { return try RouteSocket() } catch { throw .netlink(error) }
}

private func open<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .system(error) }
}
