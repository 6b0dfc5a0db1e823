import JSON
import Netlink
import System
import TestSupport

/// A socket in an object, because a closure cannot return a socket itself.
final class NamespaceSocket {
  var route: RouteSocket

  /// Opens it in the namespace that the thread is in.
  init() throws(NetlinkError) { route = try RouteSocket() }
}

extension ScratchNamespace {
  /// A socket of this namespace. The thread is in the namespace only while it opens the socket.
  func socket() throws -> NamespaceSocket { try visit { try NamespaceSocket() } }

  /// The output of `ip -d -j link show dev …`.
  func link(_ name: String) throws -> JSONObject {
    try json(.ip, "-d", "link", "show", "dev", name).array?.first?.object ?? [:]
  }

  /// The addresses of a link, as `ip -j` writes them.
  func addresses(_ name: String) throws -> [JSONObject] {
    try json(.ip, "addr", "show", "dev", name).array?.first?.object?["addr_info"]?.array?.compactMap(\.object) ?? []
  }

  /// The routes of a family and table, as `ip -j` writes them.
  func routes(_ family: String = "-4", table: String = "main") throws -> [JSONObject] {
    try json(.ip, family, "route", "show", "table", table).array?.compactMap(\.object) ?? []
  }

  /// The output of `bridge -d -j link show dev …`.
  func port(_ name: String) throws -> JSONObject {
    try json(.bridge, "-d", "link", "show", "dev", name).array?.first?.object ?? [:]
  }
}

/// The namespace held open, to be named to the kernel.
func withDescriptor<T>(_ namespace: ScratchNamespace, _ body: (Int32) throws -> T) throws -> T {
  let opened = try NetworkNamespace(path: namespace.path)
  return try body(opened.descriptor.rawValue)
}

/// The kernel's refusal that `body` must throw.
func refusal(_ body: () throws(NetlinkError) -> Void) -> NetlinkError? {
  do { try body() } catch { return error }
  return nil
}
