import CLinux
import Glibc
import Netlink
import NetworkTypes
import System

/// A network namespace without a name. The kernel removes it when no process has it open any more, so nothing is left even after a crash.
final class TrialNamespace {
  let namespace: NetworkNamespace
  var route: RouteSocket

  /// A path by which every process of the node can open the namespace, as long as braidctl lives.
  var path: String { "/proc/\(getpid())/fd/\(namespace.descriptor.rawValue)" }

  /// Makes a new namespace and enters it for good.
  static func enter() throws(TrialError) -> TrialNamespace {
    try system { () throws(SystemError) in try unshare() }
    return try TrialNamespace()
  }

  /// Makes a new namespace and returns to `home`.
  static func make(from home: TrialNamespace) throws(TrialError) -> TrialNamespace {
    // unshare(2) always enters the namespace that it makes. The visit to `home` brings the thread back afterwards.
    try home.namespace.visit(from: home.namespace, failure: TrialError.system) { () throws(TrialError) in
      try system { () throws(SystemError) in try unshare() }
      return try TrialNamespace()
    }
  }

  /// Opens the thread's namespace and brings its loopback up.
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

  /// Runs the body inside the namespace, then returns to `home`.
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
