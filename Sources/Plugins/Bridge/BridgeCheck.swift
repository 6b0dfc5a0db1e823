import CNI
import Netlink
import NetworkTypes

/// Compares a bridge attachment with the result of its ADD.
struct BridgeCheck {
  let configuration: BridgeConfiguration
  let call: DelegateCall
  let node: Node

  func run() throws(DelegateError) {
    let previous: CNIResult
    do throws(ResultError) {
      guard let result = try call.configuration.prevResult() else { throw .noAddress }
      previous = result
    } catch {
      if case .noAddress = error { throw .bridge(.check(.noPrevResult)) }
      throw .result(error)
    }
    let container = try node.container(call.netns)
    guard let expected = previous.interfaces.first(where: { $0.name == call.ifName.text && !$0.sandbox.isEmpty }) else {
      throw different(.prevResultWithout(call.ifName.text))
    }
    guard expected.sandbox == call.netns else { throw different(.sandbox(call.ifName.text, expected: expected.sandbox)) }
    let own = try ContainerLink(call.ifName, in: container)
    guard own.link.kind == .veth else { throw different(.kind(own.link.name, expected: "veth", found: "\(own.link.kind)")) }
    try compareMAC(expected, own.link)
    try checkHost(previous, own.link)
    if !configuration.disableContainerInterface {
      try AttachmentCheck(own, previous, interface: expected.name).run { difference in
        switch difference {
        case .addressMissing(let address, let interface): different(.addressMissing(address, interface))
        case .routeMissing(let destination, let gateway): different(.routeMissing(destination, via: gateway))
        }
      }
    }
  }

  private func checkHost(_ previous: CNIResult, _ own: Link) throws(DelegateError) {
    let bridge = HostBridge(configuration: configuration, host: node.host)
    guard let link = try bridge.find() else { throw different(.linkMissing(bridge.name.text)) }
    if let expected = previous.interfaces.first(where: { $0.name == bridge.name.text && $0.sandbox.isEmpty }) {
      try compareMAC(expected, link)
    }
    guard link.isPromiscuous == configuration.promiscMode else {
      throw different(.promiscuity(link.name, expected: configuration.promiscMode))
    }
    // The pair's other end, by its index on the node: whatever its name is now.
    guard let index = own.parent, let port = try netlink({ () throws(NetlinkError) in try node.host.route.link(index: index) }),
      port.kind == .veth
    else { throw different(.peer("veth", of: own.name)) }
    guard port.master == link.index else { throw different(.master(port.name, expected: link.name)) }
    if let expected = previous.interfaces.first(where: { $0.name == port.name && $0.sandbox.isEmpty }) {
      try compareMAC(expected, port)
    } else {
      throw different(.prevResultWithout(port.name))
    }
    try checkVLANs(port)
  }

  private func checkVLANs(_ port: Link) throws(DelegateError) {
    let wanted = configuration.vlan
    guard wanted.isUsed else { return }
    let present = try netlink { () throws(NetlinkError) in try node.host.route.bridgeVLANs(of: port) }
    if let access = wanted.access, !present.contains(where: { $0.id == access && $0.isPVID }) {
      throw different(.vlan(port.name, id: access))
    }
    for id in wanted.trunk where !present.contains(where: { $0.id == id }) { throw different(.vlan(port.name, id: id)) }
  }

  private func compareMAC(_ expected: CNIResult.Interface, _ link: Link) throws(DelegateError) {
    let found = link.mac?.description ?? ""
    guard expected.mac.isEmpty || expected.mac.lowercased() == found else {
      throw different(.mac(link.name, expected: expected.mac, found: found))
    }
  }

  private func different(_ difference: BridgeDifference) -> DelegateError { .bridge(.check(difference)) }
}
