import CNI
import Netlink
import NetworkTypes
import System

/// One container on the bridge, being made.
struct BridgeAttachment {
  let configuration: BridgeConfiguration
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace

  private var bridge: HostBridge { HostBridge(configuration: configuration, host: host) }
  private var gateways: BridgeGateways { BridgeGateways(configuration: configuration, host: host) }

  /// Makes it; on failure nothing is left but the bridge. `addresses` are the IPAM's, or none.
  func make(_ addresses: CNIResult, mac: MACAddress?) throws(DelegateError) -> CNIResult {
    do throws(DelegateError) {
      let setup = BridgePortSetup(configuration: configuration, host: host)
      let (link, port) = try plugIn(setup, mac)
      do throws(DelegateError) { return try furnish(addresses, setup, link, port) } catch {
        _ = try? netlink { () throws(NetlinkError) in try host.route.deleteLink(index: port.index, label: port.name) }
        throw error
      }
    } catch {
      try? bridge.reclaim(lock: call.options.bridgeLock)
      throw error
    }
  }

  /// Gives the pair, and the bridge, everything that the configuration and the IPAM say.
  private func furnish(
    _ addresses: CNIResult, _ setup: BridgePortSetup, _ link: Link, _ port: Link
  ) throws(DelegateError) -> CNIResult {
    try setup.configure(port)
    var result = gateways.complete(addresses, defaultRoutes: call.options.defaultRoutes)
    let own = try ContainerLink(call.ifName, in: container)
    if !configuration.disableContainerInterface {
      try own.configure(result, detectsDuplicates: configuration.enableDAD, defaultRoutes: call.options.defaultRoutes)
    }
    let vlan = try gateways.make(result.ips, on: link, reclaimable: call.options.bridgeLock != nil)
    if !configuration.disableContainerInterface { try setup.waitUntilForwarding(port, own) }
    if configuration.enableDAD { try own.waitForAddresses() }
    let links = try refreshed([link, port]) + [own.link] + (vlan.map { [$0] } ?? [])
    result.interfaces = links.map { CNIResult.Interface($0) }
    result.interfaces[2].sandbox = call.netns
    for i in result.ips.indices { result.ips[i].interface = 2 }
    if configuration.link.hasDNS { result.dns = configuration.link.dns }
    return result
  }

  /// The bridge and our port in it; nobody takes an empty bridge away in between.
  private func plugIn(_ setup: BridgePortSetup, _ mac: MACAddress?) throws(DelegateError) -> (Link, Link) {
    guard let path = call.options.bridgeLock else {
      let link = try bridge.ensure(reclaimable: false)
      return (link, try setup.make(call, mac: mac, bridge: link, container: container))
    }
    let lock = try system { () throws(SystemError) in try SharedLock(path, .shared, seconds: 30) }
    defer { _ = lock }
    let link = try bridge.ensure(reclaimable: true)
    return (link, try setup.make(call, mac: mac, bridge: link, container: container))
  }

  /// The links as they are now: a bridge's address, and its MTU, may follow its ports.
  private func refreshed(_ links: [Link]) throws(DelegateError) -> [Link] {
    let answers = try netlink { () throws(NetlinkError) in try host.route.transact(links.map { Link.query(index: $0.index) }) }
    return zip(links, answers).map { link, answer in answer.flatMap { Link($0) } ?? link }
  }
}

extension CNIResult.Interface {
  /// A link of the node.
  init(_ link: Link) { self.init(name: link.name, mac: link.mac?.description ?? "", mtu: link.mtu) }
}
