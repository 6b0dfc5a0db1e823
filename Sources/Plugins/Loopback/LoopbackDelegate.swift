import CNI
import Netlink
import NetworkTypes

/// What is wrong with the loopback.
package enum LoopbackError: Error, Equatable, Sendable {
  case down
  /// It has an address that is none of 127.0.0.0/8 or ::1.
  case foreignAddress(IPAddress)
}

/// `loopback`: localhost inside the container. It takes no notice of CNI_IFNAME.
package struct LoopbackDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    do { _ = try configuration.prevResult() } catch { throw .result(error) }
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    try speaking { () throws(ProtocolError) in try call.args.refuseUnknown(except: []) }
    let container = try node.container(call.netns)
    let link = try loopback(in: container)
    if !link.isUp { try netlink { () throws(NetlinkError) in try container.route.change(link, LinkChange(isUp: true)) } }
    let addresses = try netlink { () throws(NetlinkError) in try container.route.addresses(of: link) }.map(\.cidr)
    if let foreign = addresses.first(where: { !$0.address.isLoopback }) { throw .loopback(.foreignAddress(foreign.address)) }
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    if let previous { return previous }
    let ips = AddressFamily.allCases.compactMap { family in addresses.first { $0.family == family } }
    return CNIResult(
      interfaces: [.init(name: link.name, mac: link.mac?.description ?? "", sandbox: call.netns)],
      ips: ips.map { .init(interface: 0, address: $0) })
  }

  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    guard let container = try node.containerIfPresent(call.netns) else { return }
    let link = try loopback(in: container)
    guard link.isUp else { return }
    try netlink { () throws(NetlinkError) in try container.route.change(link, LinkChange(isUp: false)) }
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let container = try node.container(call.netns)
    guard try loopback(in: container).isUp else { throw .loopback(.down) }
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {}

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {}

  /// Every namespace has one, as its first link.
  private func loopback(in container: NodeNamespace) throws(DelegateError) -> Link {
    guard let name = try? InterfaceName("lo"),
      let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: name) })
    else { throw .netlink(.refused(.showLink, object: "lo", .init(rawValue: 19), kernel: "")) }
    return link
  }
}
