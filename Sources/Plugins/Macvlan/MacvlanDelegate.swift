import CNI
import Netlink
import NetworkTypes
import System

/// `macvlan`: an interface with a hardware address of its own on a link of the node.
package struct MacvlanDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    let parsed = try parsing { () throws(ConfigurationError) in try MacvlanConfiguration(configuration) }
    try IPAMDelegation.validate(parsed.link, configuration)
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    let configuration = try parsing { () throws(ConfigurationError) in try MacvlanConfiguration(call.configuration) }
    let requested = try speaking { () throws(ProtocolError) in try call.args.macAddress() }
    let lower = configuration.linkInContainer ? try node.container(call.netns) : node.host
    let master = try self.master(configuration, in: lower)
    if let mtu = configuration.mtu, mtu.bytes > master.mtu { throw .macvlan(.mtu(Int(mtu.bytes), master: master.mtu)) }
    let container = try node.container(call.netns)
    let ipam = IPAMDelegation(configuration.link, call, node)
    var result = try ipam?.add() ?? CNIResult()
    do throws(DelegateError) {
      let mac = configuration.link.runtimeMAC ?? requested ?? configuration.mac
      try make(configuration, call, master, lower, container, mac: mac)
      do throws(DelegateError) {
        let own = try ContainerLink(call.ifName, in: container)
        try own.configure(result, defaultRoutes: call.options.defaultRoutes)
        result.interfaces = [
          .init(name: own.link.name, mac: own.link.mac?.description ?? "", mtu: own.link.mtu, sandbox: call.netns)
        ]
        for i in result.ips.indices { result.ips[i].interface = 0 }
        result.dns = configuration.link.dns
        return result
      } catch {
        try? container.deleteLink(call.ifName)
        throw error
      }
    } catch {
      try? ipam?.delete()
      throw error
    }
  }

  /// Makes the link, born in the container under its name.
  private func make(
    _ configuration: MacvlanConfiguration, _ call: DelegateCall, _ master: Link, _ lower: NodeNamespace,
    _ container: NodeNamespace, mac: MACAddress?
  ) throws(DelegateError) {
    let macvlan = Macvlan(mode: configuration.mode, broadcastQueueLength: configuration.broadcastQueueLength)
    var link = NewLink(name: call.ifName, kind: .macvlan(macvlan, parent: master.index), mac: mac, group: call.options.linkGroup)
    link.mtu = configuration.mtu
    if !configuration.linkInContainer { link.namespace = container.namespace.descriptor.rawValue }
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try lower.route.add(link) }
    } catch {
      guard case .netlink(.refused(.addLink, _, let errno, _)) = error else {
        // The link may be there all the same.
        try? container.deleteLink(call.ifName)
        throw error
      }
      guard errno == .fileExists else { throw error }
      throw .macvlan(.containerLinkExists(call.ifName))
    }
  }

  /// The master, else the link of the default route.
  private func master(_ configuration: MacvlanConfiguration, in lower: NodeNamespace) throws(DelegateError) -> Link {
    if let name = configuration.master {
      guard let link = try netlink({ () throws(NetlinkError) in try lower.route.link(named: name) }) else {
        throw .macvlan(.masterMissing(name))
      }
      return link
    }
    for family in AddressFamily.allCases {
      let routes = try netlink { () throws(NetlinkError) in try lower.route.routes(family) }
      guard let index = routes.first(where: { $0.isDefault && $0.link != nil })?.link,
        let link = try netlink({ () throws(NetlinkError) in try lower.route.link(index: index) })
      else { continue }
      return link
    }
    throw .macvlan(.noDefaultRoute)
  }

  /// The link goes first: its addresses must not be another's while it still has them.
  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let ipam = try parsing { () throws(ConfigurationError) in try LinkConfiguration.ipam(call.configuration.reader) }
    if let container = try node.containerIfPresent(call.netns) { try container.deleteLink(call.ifName) }
    try IPAMDelegation(type: ipam, call, node)?.delete()
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let configuration = try parsing { () throws(ConfigurationError) in try MacvlanConfiguration(call.configuration) }
    let container = try node.container(call.netns)
    let master = try master(configuration, in: configuration.linkInContainer ? container : node.host)
    var check = MacvlanCheck(configuration, call, master: master, container: container)
    check.found.attempt { () throws(DelegateError) in try IPAMDelegation(configuration.link, call, node)?.check() }
    do { try check.run() } catch { check.found.append(error) }
    try check.found.end()
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {
    let link = try parsing { () throws(ConfigurationError) in try LinkConfiguration(configuration.reader) }
    guard let type = link.ipam else { return }
    try node.delegate(type, path: path).collectGarbage(configuration, path: path, valid: valid, on: node)
  }

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {
    let macvlan = try parsing { () throws(ConfigurationError) in try MacvlanConfiguration(configuration) }
    if !macvlan.linkInContainer { _ = try master(macvlan, in: node.host) }
    guard let type = macvlan.link.ipam else { return }
    try node.delegate(type, path: path).status(configuration, path: path, on: node)
  }
}
