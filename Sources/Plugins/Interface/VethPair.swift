import CNI
import Netlink
import NetworkTypes
import System

/// A veth pair between the node and the container.
enum VethPair {
  /// Makes the pair. The node's end is up, in the link group `group`, and a port of `master` if that is given. The other end is made directly in the
  /// container, under its final name.
  ///
  /// The node's end gets its hardware address here. systemd-udevd replaces an address that the kernel has chosen, which CHECK of
  /// the reference plugin takes for an error. Name and address follow from the attachment if they may
  /// (`DelegateCall.Options.namesLinks`), so a DEL finds the pair even if the ADD was killed.
  ///
  /// Returns the node's end. Throws `InterfaceError.containerLinkExists` if the container has a link of that name.
  static func make(
    _ site: InterfaceSite, mtu: MTU?, group: UInt32? = nil, master: Link? = nil
  ) throws(DelegateError) -> Link {
    let (call, container) = (site.call, site.container)
    let peer = NewLink.Peer(
      name: call.ifName, mac: site.mac, mtu: mtu, group: call.options.linkGroup,
      namespace: container.namespace.descriptor.rawValue)
    for attempt in 0... {
      let end = call.options.namesLinks ? NodeEnd(of: call.containerID, call.ifName, attempt: attempt) : try NodeEnd()
      do throws(DelegateError) {
        var pair = NewLink(
          name: end.name, kind: .veth(peer: peer), mac: end.mac, mtu: mtu, group: group, master: master?.index, isUp: true)
        pair.context = master.map { "port of \($0.name)" }
        return try site.host.make(pair)
      } catch {
        guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
        let taken = try netlink { () throws(NetlinkError) in try container.route.link(named: call.ifName) } != nil
        guard !taken else { throw .plugin(InterfaceError.containerLinkExists(call.ifName, port: end.name)) }
        // The name is taken: by the link of an earlier ADD whose namespace the kernel has not taken down yet, or by somebody else's.
        guard attempt + 1 < NodeEnd.attempts else { throw error }
      }
    }
    preconditionFailure("the loop returns or throws")
  }

  /// The container's end of a pair, by the kernel's numbers: its name may be another link's by now. Throws
  /// `DelegateError.linkMissing` then.
  static func containerEnd(of port: Link, _ site: InterfaceSite) throws(DelegateError) -> ContainerLink {
    guard let index = port.parent,
      let link = try netlink({ () throws(NetlinkError) in try site.container.route.link(index: index) }), link.kind == .veth,
      link.parent == port.index, link.name == site.call.ifName.text
    else { throw .linkMissing(site.call.ifName, netns: site.call.netns) }
    return ContainerLink(link, site.call.ifName, in: site.container)
  }

  /// DEL: deletes the pair by the node's end, which the Pod cannot touch. Nothing in the container counts then: neither the name nor the
  /// address of its end, nor whether it is there.
  ///
  /// If the node's end is not there, the pair is gone, or was made by another plugin whose name for it is not known. Then deletes the link
  /// in the container, if that can be the pair's end.
  static func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let result = (try? call.previous.result()) ?? nil
    let known = result.map(NodeEnd.ends) ?? []
    let ends = known.isEmpty && call.options.namesLinks ? NodeEnd.all(of: call.containerID, call.ifName) : known
    guard try !NodeEnd.delete(ends, in: node.host), !call.options.hasDeletedLink,
      let container = try node.containerIfPresent(call.netns),
      let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }), link.kind == .veth,
      // Both ends of a pair that the Pod has made for itself are in its namespace.
      link.parentNamespace != nil, isContainerEnd(link, result?.interface(of: call))
    else { return }
    try netlink { () throws(NetlinkError) in _ = try container.route.deleteLink(index: link.index, label: link.name) }
  }

  private static func isContainerEnd(_ link: Link, _ made: CNIResult.Interface?) -> Bool {
    guard let made else { return true }
    return made.numbers?.hasSameParent(as: link) ?? made.agrees(with: link)
  }
}
