import Netlink
import NetworkTypes
import System

/// One open network namespace: its rtnetlink socket and its sysctls.
package final class NodeNamespace {
  package let namespace: NetworkNamespace
  package var path: String { namespace.path }
  package var route: RouteSocket
  package let sysctl: Sysctl
  private var netfilter: OpenNetfilter?

  /// The namespace that the thread is in.
  init(current: Void) throws(DelegateError) {
    let namespace = try open { () throws(SystemError) in try NetworkNamespace.current() }
    let opened = try OpenNamespace()
    self.namespace = namespace
    route = opened.route
    sysctl = opened.sysctl
  }

  /// A container's namespace. It is entered from `home` once, to open the socket and the sysctls.
  init(_ namespace: consuming NetworkNamespace, from home: NodeNamespace) throws(DelegateError) {
    let opened = try namespace.visit(from: home.namespace, failure: DelegateError.system) {
      () throws(DelegateError) in try OpenNamespace()
    }
    self.namespace = namespace
    route = opened.route
    sysctl = opened.sysctl
  }
}

extension NodeNamespace {
  /// Runs `body` with the netfilter socket, which is opened on first use. Only for the node's namespace, in which the thread is.
  func netfilter<T>(_ body: (inout NetfilterSocket) throws(NetlinkError) -> T) throws(DelegateError) -> T {
    do throws(NetlinkError) {
      if let netfilter { return try body(&netfilter.socket) }
      let opened = try OpenNetfilter()
      netfilter = opened
      return try body(&opened.socket)
    } catch { throw .netlink(error) }
  }
}

/// A socket in an object, because an optional property cannot hold the socket itself.
private final class OpenNetfilter {
  var socket: NetfilterSocket

  init() throws(NetlinkError) { socket = try NetfilterSocket() }
}

/// The socket and the sysctls that are opened inside a namespace.
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

extension NodeNamespace {
  /// Makes a link in this namespace and returns it. A failure leaves no new link.
  func make(_ new: NewLink) throws(DelegateError) -> Link {
    do throws(NetlinkError) {
      guard let link = try route.make(new) else {
        throw .refused(.showLink, object: new.name.text, .noSuchDevice, kernel: "")
      }
      return link
    } catch {
      // If the kernel refused, it made no link. After any other error there may be one.
      if case .refused(.addLink, _, _, _) = error { throw .netlink(error) }
      try? deleteLink(new.name)
      throw .netlink(error)
    }
  }

  /// Turns on forwarding of packets for these families.
  func forward(_ families: [AddressFamily]) throws(DelegateError) {
    try system { () throws(SystemError) in
      if families.contains(.ipv4) { try sysctl.set(.ipv4, "ip_forward", "1") }
      if families.contains(.ipv6) { try sysctl.set(.ipv6, "conf/all/forwarding", "1") }
    }
  }

  /// Deletes the link of that name, if there is one. Leaves a link that cannot be deleted, such as `lo` or a network card.
  ///
  /// Only for links of the node: in a container the workload gives out the names.
  private func deleteLink(_ name: InterfaceName) throws(DelegateError) {
    guard let link = try netlink({ () throws(NetlinkError) in try route.link(named: name) }) else { return }
    do {
      _ = try route.deleteLink(index: link.index, label: link.name)
    } catch {
      guard error.errno == .notSupportedOnSocket else { throw .netlink(error) }
    }
  }
}
