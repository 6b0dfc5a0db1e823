import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// `macvlan`: an interface with a hardware address of its own on a link of the node.
struct MacvlanPlugin: InterfacePlugin {
  let configuration: MacvlanConfiguration

  /// The link that the interface is made on.
  struct Ground {
    let master: Link
    /// The namespace of the master.
    let lower: NodeNamespace
  }

  init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    self.configuration = try MacvlanConfiguration(configuration)
  }

  private var mode: Macvlan.Mode { .init(configuration.mode) }
  var macSources: [MACSource] { [.runtime, .arguments, .configuration(configuration.mac)] }

  // MARK: - The master

  func survey(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground {
    let lower = configuration.linkInContainer ? container : host
    return Ground(master: try master(in: lower), lower: lower)
  }

  /// Without a configured master there is nothing to compare with: the default route may lead through another link by now, even
  /// through the one that the ADD made.
  func surveyAgain(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground? {
    configuration.master == nil ? nil : try survey(host, container)
  }

  func checkGround(_ ground: Ground) throws(DelegateError) {
    if let mtu = configuration.mtu, mtu.bytes > ground.master.mtu {
      throw .plugin(MacvlanError.mtu(Int(mtu.bytes), master: ground.master.mtu))
    }
  }

  /// The configured master, else the link of the default route.
  private func master(in lower: NodeNamespace) throws(DelegateError) -> Link {
    if let name = configuration.master {
      guard let link = try netlink({ () throws(NetlinkError) in try lower.route.link(named: name) }) else {
        throw .plugin(MacvlanError.masterMissing(name))
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
    throw .plugin(MacvlanError.noDefaultRoute)
  }

  func checkNode(_ node: Node, _ results: [ForeseenResult]) throws(DelegateError) {
    if !configuration.linkInContainer { try checkGround(Ground(master: try master(in: node.host), lower: node.host)) }
  }

  // MARK: - ADD

  /// The interface, and the link that it is on.
  struct Links {
    let own: ContainerLink
    let master: Link
  }

  /// Makes the link directly in the container, under its final name.
  func makeLinks(_ site: InterfaceSite, _ ground: Ground) throws(DelegateError) -> Links {
    try make(site, ground)
    do throws(DelegateError) {
      let own = try ContainerLink(site.call.ifName, in: site.container)
      // Somebody in the container may have given the name to another link.
      guard isOfOurKind(own.link) else { throw .linkMissing(site.call.ifName, netns: site.call.netns) }
      return Links(own: own, master: ground.master)
    } catch {
      do { try removeMade(site) } catch let undo { throw error.leaving([undo]) }
      throw error
    }
  }

  private func make(_ site: InterfaceSite, _ ground: Ground) throws(DelegateError) {
    let (call, container) = (site.call, site.container)
    let macvlan = Macvlan(mode: mode, broadcastQueueLength: configuration.broadcastQueueLength)
    var link = NewLink(
      name: call.ifName, kind: .macvlan(macvlan, parent: ground.master.index), mac: site.mac, group: call.options.linkGroup)
    link.mtu = configuration.mtu
    link.context = "on master \(ground.master.name)"
    if !configuration.linkInContainer { link.namespace = container.namespace.descriptor.rawValue }
    do throws(DelegateError) {
      try netlink { () throws(NetlinkError) in try ground.lower.route.add(link) }
    } catch {
      guard case .netlink(.refused(.addLink, _, let errno, _)) = error else {
        // The kernel did not refuse, so it may have made the link.
        do { try removeMade(site) } catch let undo { throw error.leaving([undo]) }
        throw error
      }
      switch errno {
      case .fileExists: throw .plugin(MacvlanError.containerLinkExists(call.ifName))
      case .resourceBusy: throw .plugin(MacvlanError.masterBusy(ground.master.name, mode: "\(mode)"))
      default: throw error
      }
    }
  }

  /// Deletes the link that `make` may have made.
  private func removeMade(_ site: InterfaceSite) throws(DelegateError) {
    try MacvlanSearch(site.call, in: site.container, made: nil).delete()
  }

  func configureLinks(_ links: Links, _ site: InterfaceSite, _ result: inout CNIResult) throws(DelegateError) {
    let own = links.own
    do throws(DelegateError) { try own.configure(result, site.call.options) } catch {
      // A macvlan only claims its address when it comes up. Older kernels say EBUSY.
      guard case .netlink(.refused(.setLink, _, let errno, _)) = error, [.addressInUse, .resourceBusy].contains(errno),
        let mac = own.link.mac
      else { throw error }
      throw .plugin(MacvlanError.addressTaken(mac, own.name, master: links.master.name))
    }
    own.announce(result.ips)
    result.interfaces = [.init(own.link, sandbox: site.call.netns)]
    for i in result.ips.indices { result.ips[i].interface = 0 }
    result.dns = configuration.link.dns
  }

  func removeLinks(_ links: Links, _ site: InterfaceSite) throws(DelegateError) {
    let link = links.own.link
    try netlink { () throws(NetlinkError) in _ = try site.container.route.deleteLink(index: link.index, label: link.name) }
  }

  // MARK: - DEL

  static func deleteLinks(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    guard !call.options.hasDeletedLink, let container = try node.containerIfPresent(call.netns) else { return }
    let result = (try? call.previous.result()) ?? nil
    try MacvlanSearch(call, in: container, made: result?.interface(of: call)).delete()
  }

  // MARK: - CHECK

  func isOfOurKind(_ link: Link) -> Bool { if case .macvlan = link.kind { true } else { false } }

  func compare(_ own: Link, _ ground: Ground?, _ check: inout InterfaceCheck) throws(DelegateError) {
    guard case .macvlan(let macvlan) = own.kind else { return }
    if macvlan.mode != mode {
      check.report(MacvlanError.check(.mode(found: "\(macvlan.mode)", expected: "\(mode)")))
    }
    guard let master = ground?.master, !isOn(master, own) else { return }
    check.report(MacvlanError.check(.master(own.name, expected: master.name)))
  }

  /// Whether the interface is on the master. The kernel puts a macvlan on a macvlan onto the lower link of that one.
  private func isOn(_ master: Link, _ own: Link) -> Bool {
    let isInContainer = own.parentNamespace == nil
    guard case .macvlan = master.kind else {
      return own.parent == master.index && isInContainer == configuration.linkInContainer
    }
    return own.parent == master.parent && (!configuration.linkInContainer || own.parentNamespace == master.parentNamespace)
  }

  static func failure(_ difference: InterfaceDifference) -> any PluginFailure { MacvlanError.check(.interface(difference)) }
}
