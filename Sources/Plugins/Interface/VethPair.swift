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
  /// the reference plugin takes for an error.
  ///
  /// Returns the node's end. Throws `InterfaceError.containerLinkExists` if the container has a link of that name.
  static func make(
    _ site: InterfaceSite, mtu: MTU?, group: UInt32? = nil, master: Link? = nil
  ) throws(DelegateError) -> Link {
    let (call, container) = (site.call, site.container)
    let peer = NewLink.Peer(
      name: call.ifName, mac: site.mac, mtu: mtu, group: call.options.linkGroup,
      namespace: container.namespace.descriptor.rawValue)
    for attempt in 1... {
      let (name, mac) = try nodeEnd()
      do throws(DelegateError) {
        var pair = NewLink(
          name: name, kind: .veth(peer: peer), mac: mac, mtu: mtu, group: group, master: master?.index, isUp: true)
        pair.context = master.map { "port of \($0.name)" }
        return try site.host.make(pair)
      } catch {
        guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
        let taken = try netlink { () throws(NetlinkError) in try container.route.link(named: call.ifName) } != nil
        guard !taken else { throw .plugin(InterfaceError.containerLinkExists(call.ifName, port: name)) }
        // Our random name was taken. The chance is one in four thousand million.
        guard attempt < 4 else { throw error }
      }
    }
    preconditionFailure("the loop returns or throws")
  }

  /// A random name and hardware address for an end of the node.
  ///
  /// The name is `veth` and eight hexadecimal digits, as the reference plugins write it. The address begins with `fe`, like those
  /// that libvirt gives to its taps: a bridge without an address of its own takes its ports' lowest one, which is then another
  /// port's.
  static func nodeEnd() throws(DelegateError) -> (name: InterfaceName, mac: MACAddress) {
    let bytes = try system { () throws(SystemError) in try RandomBytes.get(9) }
    let digits = bytes.prefix(digitCount / 2).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard let name = try? InterfaceName(prefix + digits), let mac = MACAddress(bytes: [0xfe] + bytes.suffix(5)) else {
      preconditionFailure("twelve letters and digits make a name, six bytes an address")
    }
    return (name, mac)
  }

  /// Deletes the node's ends that a result names, if they still are the veths of that ADD.
  ///
  /// A link of another name or kind, or with another hardware address, is somebody else's.
  static func deleteNodeEnd(of result: CNIResult, in host: NodeNamespace) throws(DelegateError) {
    for interface in result.interfaces where interface.sandbox.isEmpty && isNodeEnd(interface.name) && !interface.mac.isEmpty {
      guard let name = try? InterfaceName(interface.name),
        let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) }), link.kind == .veth,
        interface.agrees(with: link)
      else { continue }
      try netlink { () throws(NetlinkError) in _ = try host.route.deleteLink(index: link.index, label: link.name) }
    }
  }

  private static let prefix = "veth"
  private static let digitCount = 8

  private static func isNodeEnd(_ name: String) -> Bool {
    let digits = name.utf8.dropFirst(prefix.utf8.count)
    return name.hasPrefix(prefix) && digits.count == digitCount
      && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
