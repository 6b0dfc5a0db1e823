import Netlink
import NetworkTypes
import PluginModel

/// A host port and one of the container's addresses, to which it leads.
struct PortmapTarget: Hashable {
  let hostPort: HostPort
  let address: IPAddress

  /// The element that forwards the port.
  func element(_ owner: ElementOwner) -> NFTElement {
    let sets = RulesetLayout.sets(address.family)
    let (transport, port) = ([hostPort.transport.number], hostPort.port.networkBytes)
    let data = [address.bytes, hostPort.containerPort.networkBytes]
    guard let local = hostPort.address else {
      return NFTElement(in: sets.anyHostPorts, [transport, port], data: data, comment: owner.comment)
    }
    return NFTElement(in: sets.hostPorts, [transport, local.bytes, port], data: data, comment: owner.comment)
  }

  /// The element by which all callers see the node's address.
  func masqueradeElement(_ owner: ElementOwner) -> NFTElement {
    NFTElement(
      in: RulesetLayout.sets(address.family).masqueradedPorts,
      [[hostPort.transport.number], hostPort.containerPort.networkBytes, address.bytes], comment: owner.comment)
  }
}

extension UInt16 {
  var networkBytes: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }
}
