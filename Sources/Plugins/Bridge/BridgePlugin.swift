import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// `bridge`: a veth pair between the container and a bridge of the node.
struct BridgePlugin: InterfacePlugin {
  let configuration: BridgeConfiguration

  /// The bridge, and our port in it.
  struct Links {
    let bridge: Link
    let port: Link
  }

  init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    self.configuration = try BridgeConfiguration(configuration)
  }

  static func checkForRemoval(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    _ = try BridgeVLANConfiguration(configuration.reader)
  }

  let macSources: [MACSource] = [.runtime, .conventional, .arguments]
  var isConfigured: Bool { !configuration.disableContainerInterface }

  // MARK: - STATUS

  func checkNode(_ node: Node, _ results: [ForeseenResult]) throws(DelegateError) {
    guard let bridge = try HostBridge(configuration: configuration, host: node.host).usable() else { return }
    try BridgeGateways(configuration: configuration, host: node.host).check(results, on: bridge)
  }

  // MARK: - ADD

  /// Makes the bridge if it is missing, then the pair. The lock keeps other processes from removing the empty bridge in between.
  func makeLinks(_ site: InterfaceSite, _ ground: Void) throws(DelegateError) -> Links {
    let bridge = HostBridge(configuration: configuration, host: site.host)
    guard let path = site.call.options.bridgeLock else { return try plugIn(site, bridge.ensure(reclaimable: false)) }
    let lock = try system { () throws(SystemError) in try SharedLock(path, .shared, waiting: Waits.bridgeLock) }
    defer { _ = lock }
    return try plugIn(site, bridge.ensure(reclaimable: true))
  }

  private func plugIn(_ site: InterfaceSite, _ bridge: Link) throws(DelegateError) -> Links {
    let group = configuration.promiscMode ? HostBridge.promiscuousPort : nil
    return Links(
      bridge: bridge, port: try VethPair.make(site, mtu: configuration.link.mtu, group: group, master: bridge))
  }

  func configureLinks(_ links: Links, _ site: InterfaceSite, _ result: inout CNIResult) throws(DelegateError) {
    let (call, host) = (site.call, site.host)
    let setup = BridgePortSetup(configuration: configuration, host: host)
    let gateways = BridgeGateways(configuration: configuration, host: host)
    try setup.configure(links.port)
    let bounds = call.options.nodeBounds
    result = configuration.completed(result, defaultRoutes: call.options.defaultRoutes, bounds)
    try checkBounds(result, bounds)
    let own = try VethPair.containerEnd(of: links.port, site)
    if isConfigured {
      try own.configure(result, call.options, detectsDuplicates: configuration.enableDAD)
    }
    let vlan = try gateways.make(result.ips, bounds, on: links.bridge, reclaimable: call.options.bridgeLock != nil)
    if isConfigured {
      try setup.waitUntilForwarding(links.port, own)
      own.announce(result.ips)
    }
    if configuration.enableDAD { try own.waitForAddresses() }
    let ours = try refreshed([links.bridge, links.port], host)
    result.interfaces = ours.map { CNIResult.Interface($0) } + [.init(own.link, sandbox: call.netns)]
    if let vlan { result.interfaces.append(.init(vlan)) }
    for i in result.ips.indices { result.ips[i].interface = 2 }
    if configuration.link.hasDNS { result.dns = configuration.link.dns }
  }

  /// The present state of the links. A bridge's address and MTU may have changed with its ports.
  private func refreshed(_ links: [Link], _ host: NodeNamespace) throws(DelegateError) -> [Link] {
    let answers = try netlink { () throws(NetlinkError) in try host.route.links(indices: links.map(\.index)) }
    return zip(links, answers).map { link, answer in answer ?? link }
  }

  func removeLinks(_ links: Links, _ site: InterfaceSite) throws(DelegateError) {
    try netlink { () throws(NetlinkError) in
      _ = try site.host.route.deleteLink(index: links.port.index, label: links.port.name)
    }
  }

  // MARK: - DEL

  static func deleteLinks(_ call: DelegateCall, on node: Node) throws(DelegateError) { try VethPair.delete(call, on: node) }

  func leaveNode(_ call: DelegateCall, _ host: NodeNamespace) throws(DelegateError) {
    let bridge = HostBridge(configuration: configuration, host: host)
    try bridge.reclaim(lock: call.options.bridgeLock)
    try bridge.endPromiscuity(lock: call.options.bridgeLock)
  }
}
