import CLinux
import NetworkTypes

/// A pair of links, each of which receives what the other sends (veth(4)).
enum Veth {
  static let kind = "veth"

  static func write(peer: NewLink.Peer, _ data: inout MessageWriter) {
    data.nest(LinkAttribute.Veth.peer) { message in
      message.header(ifinfomsg())
      NewLink.write(&message, name: peer.name, mac: peer.mac, mtu: peer.mtu, group: peer.group, namespace: peer.namespace)
    }
  }
}

extension NewLink {
  /// The other end of a veth pair.
  package struct Peer {
    package var name: InterfaceName
    package var mac: MACAddress?
    package var mtu: MTU?
    package var group: UInt32?
    /// A descriptor of the namespace that it is born in; nil for the socket's own.
    package var namespace: Int32?

    /// The peer is born down: the kernel has no way to bring it up before the pair is complete.
    package init(
      name: InterfaceName, mac: MACAddress? = nil, mtu: MTU? = nil, group: UInt32? = nil, namespace: Int32? = nil
    ) {
      (self.name, self.mac, self.mtu, self.group, self.namespace) = (name, mac, mtu, group, namespace)
    }
  }
}
