import CLinux
import Glibc
import Netlink
import NetworkTypes
import System

/// A network namespace without a name: it is gone when nobody has it open any more, however we end.
final class TrialNamespace {
  let namespace: NetworkNamespace
  var route: RouteSocket

  /// By this path every process of the node can open it, as long as we live.
  var path: String { "/proc/\(getpid())/fd/\(namespace.descriptor.rawValue)" }

  /// Enters a new one, and stays in it.
  static func enter() throws(TrialError) -> TrialNamespace {
    try system { () throws(SystemError) in try unshare() }
    return try TrialNamespace()
  }

  /// Makes a new one and comes back.
  static func make(from home: TrialNamespace) throws(TrialError) -> TrialNamespace {
    // Goes there and back by itself: unshare(2) has no other way.
    try home.namespace.visit(from: home.namespace, failure: TrialError.system) { () throws(TrialError) in
      try system { () throws(SystemError) in try unshare() }
      return try TrialNamespace()
    }
  }

  /// The one that the thread is in, with its loopback up.
  private init() throws(TrialError) {
    let namespace = try system { () throws(SystemError) in try NetworkNamespace.current() }
    let socket: RouteSocket
    do { socket = try RouteSocket() } catch { throw .netlink(error) }
    self.namespace = namespace
    route = socket
    try up("lo")
  }

  private static func unshare() throws(SystemError) {
    let result = clinux_unshare_network()
    guard result == 0 else { throw .call(.unshare, on: "the network namespace", Errno(rawValue: -result)) }
  }

  /// Runs the body inside.
  func visit<T>(from home: TrialNamespace, _ body: () throws(TrialError) -> T) throws(TrialError) -> T {
    try namespace.visit(from: home.namespace, failure: TrialError.system, body)
  }

  func netlink<T>(_ body: (inout RouteSocket) throws(NetlinkError) -> T) throws(TrialError) -> T {
    do { return try body(&route) } catch { throw .netlink(error) }
  }

  func link(_ name: String) throws(TrialError) -> Link? {
    guard let name = try? InterfaceName(name) else { return nil }
    return try netlink { (route) throws(NetlinkError) in try route.link(named: name) }
  }

  @discardableResult
  func up(_ name: String) throws(TrialError) -> Link? {
    guard let link = try link(name) else { return nil }
    try netlink { (route) throws(NetlinkError) in try route.change(link, LinkChange(isUp: true)) }
    return link
  }
}

func system<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(TrialError) -> T {
  do { return try body() } catch { throw .system(error) }
}
