import CNI
import Netlink
import NetworkTypes
import System

/// `bridge`: a veth pair between the container and a bridge of the node.
package struct BridgeDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    let parsed = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(configuration) }
    try IPAMDelegation.validate(parsed.link, configuration)
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    let configuration = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(call.configuration) }
    let mac = try speaking { () throws(ProtocolError) in try call.args.macAddress() }
    let container = try node.container(call.netns)
    let ipam = IPAMDelegation(configuration.link, call, node)
    let addresses = try ipam?.add() ?? CNIResult()
    do throws(DelegateError) {
      let attachment = BridgeAttachment(configuration: configuration, call: call, node: node, container: container)
      return try attachment.make(
        addresses, mac: configuration.link.runtimeMAC ?? configuration.link.conventionalMAC ?? mac)
    } catch {
      try? ipam?.delete()
      throw error
    }
  }

  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let configuration = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(call.configuration) }
    try IPAMDelegation(configuration.link, call, node)?.delete()
    if let container = try node.containerIfPresent(call.netns) { try container.deleteLink(call.ifName) }
    if call.options.reclaimsBridge { try HostBridge(configuration: configuration, host: node.host).reclaim() }
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let configuration = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(call.configuration) }
    try IPAMDelegation(configuration.link, call, node)?.check()
    try BridgeCheck(configuration: configuration, call: call, node: node).run()
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {
    let link = try parsing { () throws(ConfigurationError) in try LinkConfiguration(configuration.reader) }
    guard let type = link.ipam else { return }
    try node.delegate(type, path: path).collectGarbage(configuration, path: path, valid: valid, on: node)
  }

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {
    let link = try parsing { () throws(ConfigurationError) in try LinkConfiguration(configuration.reader) }
    guard let type = link.ipam else { return }
    try node.delegate(type, path: path).status(configuration, path: path, on: node)
  }
}

/// One container on the bridge, being made.
struct BridgeAttachment {
  let configuration: BridgeConfiguration
  let call: DelegateCall
  let node: Node
  let container: NodeNamespace

  private var bridge: HostBridge { HostBridge(configuration: configuration, host: node.host) }

  func make(_ addresses: CNIResult, mac: MACAddress?) throws(DelegateError) -> CNIResult {
    let setup = BridgePortSetup(configuration: configuration, host: node.host)
    var (link, port) = try plugIn(setup, mac)
    do throws(DelegateError) {
      try setup.configure(port)
      var result = withGateways(addresses)
      let own = try ContainerLink(call.ifName, in: container)
      if !configuration.disableContainerInterface {
        try own.configure(result, detectsDuplicates: configuration.enableDAD)
      }
      if configuration.isGateway { try makeGateway(result, link) }
      if !configuration.disableContainerInterface { try setup.waitUntilForwarding(port) }
      link = try bridge.find() ?? link
      port = try refreshed(port)
      result.interfaces = interfaces(link, port, own.link)
      for i in result.ips.indices { result.ips[i].interface = 2 }
      if configuration.link.hasDNS { result.dns = configuration.link.dns }
      return result
    } catch {
      _ = try? netlink { () throws(NetlinkError) in try node.host.route.deleteLink(index: port.index, label: port.name) }
      if call.options.reclaimsBridge { try? bridge.reclaim() }
      throw error
    }
  }

  /// The bridge and our port in it; nobody takes an empty bridge away in between.
  private func plugIn(_ setup: BridgePortSetup, _ mac: MACAddress?) throws(DelegateError) -> (Link, Link) {
    let lock = try system { () throws(SystemError) in try NamespaceLock(node.host.namespace, .shared, seconds: 30) }
    defer { _ = lock }
    let link = try bridge.ensure(reclaimable: call.options.reclaimsBridge)
    return (link, try setup.make(call, mac: mac, bridge: link, container: container))
  }

  private func refreshed(_ port: Link) throws(DelegateError) -> Link {
    try netlink { () throws(NetlinkError) in try node.host.route.link(index: port.index) } ?? port
  }

  /// Completes gateways (the network's first address) and default routes as the configuration asks for.
  private func withGateways(_ addresses: CNIResult) -> CNIResult {
    var result = addresses
    var families: Set<AddressFamily> = []
    for i in result.ips.indices {
      let address = result.ips[i].address
      if configuration.isGateway, result.ips[i].gateway == nil {
        result.ips[i].gateway = address.network.address.advanced(by: 1)
      }
      guard configuration.isDefaultGateway, call.options.installsDefaultRoute, let gateway = result.ips[i].gateway,
        families.insert(address.family).inserted,
        !result.routes.contains(where: { $0.isDefault && $0.dst.family == address.family && $0.gw != nil }),
        let everywhere = try? CIDR(IPAddress(family: address.family, value: 0), prefixLength: 0)
      else { continue }
      result.routes.append(.init(dst: everywhere, gw: gateway))
    }
    return result
  }

  private func makeGateway(_ result: CNIResult, _ link: Link) throws(DelegateError) {
    var families: Set<AddressFamily> = []
    for ip in result.ips {
      guard let gateway = ip.gateway, let cidr = try? CIDR(gateway, prefixLength: ip.address.prefixLength) else { continue }
      try bridge.addGateway(cidr, to: link)
      families.insert(gateway.family)
    }
    try bridge.enableForwarding(families)
  }

  private func interfaces(_ bridge: Link, _ port: Link, _ container: Link) -> [CNIResult.Interface] {
    [
      .init(name: bridge.name, mac: bridge.mac?.description ?? "", mtu: bridge.mtu),
      .init(name: port.name, mac: port.mac?.description ?? "", mtu: port.mtu),
      .init(name: container.name, mac: container.mac?.description ?? "", mtu: container.mtu, sandbox: call.netns),
    ]
  }
}

extension NodeNamespace {
  /// Deletes the link of that name, if it is there.
  func deleteLink(_ name: InterfaceName) throws(DelegateError) {
    guard let link = try netlink({ () throws(NetlinkError) in try route.link(named: name) }) else { return }
    _ = try netlink { () throws(NetlinkError) in try route.deleteLink(index: link.index, label: link.name) }
  }
}
