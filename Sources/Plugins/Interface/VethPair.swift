import CNI
import Netlink
import NetworkTypes
import System

/// A veth pair between the node and the container.
enum VethPair {
  /// Makes the pair. The node's end is up, and a port of `master` if that is given. The other end is made directly in the
  /// container, under its final name.
  ///
  /// Returns the node's end. Throws `InterfaceError.containerLinkExists` if the container has a link of that name.
  static func make(_ site: InterfaceSite, mtu: MTU?, master: Int32? = nil) throws(DelegateError) -> Link {
    let (call, container) = (site.call, site.container)
    let peer = NewLink.Peer(
      name: call.ifName, mac: site.mac, mtu: mtu, group: call.options.linkGroup,
      namespace: container.namespace.descriptor.rawValue)
    for attempt in 1... {
      let name = try hostName()
      do throws(DelegateError) {
        return try site.host.make(NewLink(name: name, kind: .veth(peer: peer), mtu: mtu, master: master, isUp: true))
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

  /// `veth` and eight hexadecimal digits, as the reference plugins name the node's end.
  static func hostName() throws(DelegateError) -> InterfaceName {
    let bytes = try system { () throws(SystemError) in try RandomBytes.get(4) }
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard let name = try? InterfaceName("veth" + digits) else { preconditionFailure("twelve letters and digits make a name") }
    return name
  }
}
