import CNI
import Netlink
import NetworkTypes

/// `loopback`: localhost inside the container. It ignores CNI_IFNAME and CNI_ARGS, and has no configuration of its own.
struct LoopbackDelegate: Delegate {
  let traits = DelegateTraits(makesInterface: true, readsArguments: false)

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate { Prepared() }

  private struct Prepared: PreparedDelegate {
    func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
      let previous = try previousResult(call)
      let container = try node.container(call.netns)
      let link = try loopback(in: container)
      if !link.isUp { try netlink { () throws(NetlinkError) in try container.route.change(link, LinkChange(isUp: true)) } }
      let addresses = try netlink { () throws(NetlinkError) in try container.route.addresses(of: link) }.map(\.cidr)
      if let foreign = addresses.first(where: { !$0.address.isLoopback }) {
        throw .plugin(LoopbackError.foreignAddress(foreign.address))
      }
      if let previous { return previous }
      let ips = AddressFamily.allCases.compactMap { family in addresses.first { $0.family == family } }
      return CNIResult(
        interfaces: [.init(name: link.name, mac: link.mac?.description ?? "", sandbox: call.netns)],
        ips: ips.map { .init(interface: 0, address: $0) })
    }

    /// Does nothing. The kernel removes the loopback with its namespace, and a late DEL may name a path that leads to another
    /// container's namespace by now.
    func delete(_ call: DelegateCall, on node: Node) {}

    func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
      _ = try previousResult(call)
      let container = try node.container(call.netns)
      guard try loopback(in: container).isUp else { throw .plugin(LoopbackError.down) }
    }

    func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) {}
    func status(on node: Node, path: [String]) {}

    private func previousResult(_ call: DelegateCall) throws(DelegateError) -> CNIResult? {
      do { return try call.previous.result() } catch { throw .result(error) }
    }

    /// Every namespace has one, with the index 1 whatever a Pod renames it to.
    private func loopback(in container: NodeNamespace) throws(DelegateError) -> Link {
      guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(index: 1) }) else {
        throw .netlink(.refused(.showLink, object: "lo", .noSuchDevice, kernel: ""))
      }
      return link
    }
  }
}

/// Why the loopback interface cannot be used.
package enum LoopbackError: PluginFailure, Equatable {
  case down
  /// The interface has an address outside 127.0.0.0/8 that is not ::1.
  case foreignAddress(IPAddress)

  package var object: ErrorObject {
    switch self {
    case .down: ErrorObject(.io, "loopback interface is down")
    case .foreignAddress(let address):
      ErrorObject(.invalidConfiguration, "loopback interface found with non-loopback address \"\(address)\"")
    }
  }
}
