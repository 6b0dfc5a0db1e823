import CNI
import Netlink
import NetworkTypes

/// The elements that let a Pod be the backend of a Service or host port for callers that it would answer past the node: itself, and the
/// neighbours on its bridge.
struct ServiceElements {
  let all: [NFTElement]

  /// `callers` are other sources whose packets to the Pod's host ports must come from the node.
  init(_ result: CNIResult, _ call: DelegateCall, _ owner: ElementOwner, callers: [CIDR] = []) {
    let mac = result.interface(of: call).flatMap { try? MACAddress($0.mac) }
    // A port of a bridge: the Pod's packets to its neighbours do not pass the node.
    let isBridged = result.interfaces.contains { $0.sandbox.isEmpty && NodeEnd.ends(.init(interfaces: [$0])).isEmpty }
    var elements: [NFTElement] = []
    for address in result.ips(of: call.ifName.text).map(\.address) {
      let sets = RulesetLayout.sets(address.family)
      let pod = address.address
      elements.append(NFTElement(in: sets.own, [pod.bytes, pod.bytes], comment: owner.comment))
      if let mac, isBridged {
        elements.append(NFTElement(in: sets.bridged, [mac.bytes, pod.bytes], comment: owner.comment))
      }
      let neighbours = (isBridged ? [address.network] : []) + callers.filter { $0.family == address.family }
      elements += neighbours.map { subnet in
        NFTElement(
          in: sets.neighbours, [subnet.address.bytes, pod.bytes], to: [subnet.last.bytes, pod.bytes], comment: owner.comment)
      }
    }
    all = elements
  }
}
