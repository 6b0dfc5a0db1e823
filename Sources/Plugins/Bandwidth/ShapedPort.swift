import CNI
import Netlink
import NetworkTypes

/// The node's end of a container's interface. Here the node limits what the container receives, and sees what it sends.
struct ShapedPort {
  let link: Link

  /// Finds the end by the kernel's numbers. Both ends must agree, and the result must name it.
  init(_ call: DelegateCall, _ result: CNIResult, on node: Node) throws(DelegateError) {
    guard !result.interfaces.isEmpty else { throw .plugin(BandwidthError.noInterfaces) }
    let container = try node.container(call.netns)
    guard let own = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      throw .linkMissing(call.ifName, netns: call.netns)
    }
    guard own.kind == .veth, let index = own.parent else { throw .plugin(BandwidthError.noVeth(call.ifName)) }
    let host = node.host
    guard let peer = try netlink({ () throws(NetlinkError) in try host.route.link(index: index) }), peer.kind == .veth,
      peer.parent == own.index, own.parentNamespace != nil
    else { throw .plugin(BandwidthError.peerElsewhere(call.ifName, index)) }
    guard result.interfaces.contains(where: { $0.name == peer.name && $0.sandbox.isEmpty }) else {
      throw .plugin(BandwidthError.peerUnlisted(call.ifName, peer.name))
    }
    link = peer
  }
}
