import CNI
import Netlink
import NetworkTypes

/// Compares a bridge attachment with the result of its ADD, in the order of the reference plugin.
struct BridgeCheck {
  let configuration: BridgeConfiguration
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace

  func run() throws(DelegateError) {
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    guard let previous else { throw different(.noPrevResult) }
    let bridge = try checkBridge(previous.interfaces.last { $0.name == configuration.bridge.text })
    let expected = previous.interfaces.last {
      $0.name == call.ifName.text && $0.sandbox == call.netns && $0.name != configuration.bridge.text
    }
    guard let expected else { throw different(.sandbox(expected: "", netns: call.netns)) }
    let own = try checkContainer(expected)
    let port = try checkPort(previous, own, bridge)
    try checkVLANs(port)
    if !configuration.disableContainerInterface {
      let attachment = AttachmentCheck(ContainerLink(own, call.ifName, in: container), previous)
      try attachment.run { different(.attachment($0)) }
    }
  }

  private func checkBridge(_ expected: CNIResult.Interface?) throws(DelegateError) -> Link {
    guard let expected else { throw different(.nameMissing) }
    guard let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: configuration.bridge) }) else {
      throw different(.linkMissing(expected.name))
    }
    guard expected.sandbox.isEmpty else { throw different(.sandboxed(expected.name)) }
    guard case .bridge = link.kind else { throw different(.notABridge(expected.name)) }
    guard agrees(expected, link) else { throw different(.bridgeMAC(expected.name, expected: expected.mac)) }
    guard link.isPromiscuous == configuration.promiscMode else {
      throw different(.promiscuity(link.name, expected: configuration.promiscMode))
    }
    return link
  }

  private func checkContainer(_ expected: CNIResult.Interface) throws(DelegateError) -> Link {
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      throw different(.linkMissing(expected.name))
    }
    guard link.kind == .veth else { throw different(.notAVeth(link.name)) }
    guard agrees(expected, link) else {
      throw different(.containerMAC(link.name, expected: expected.mac, found: link.mac?.description ?? ""))
    }
    return link
  }

  /// Every interface of the node that prevResult names must be there; one is the container's other end, in the bridge.
  private func checkPort(_ previous: CNIResult, _ own: Link, _ bridge: Link) throws(DelegateError) -> Link {
    for expected in previous.interfaces where expected.name != bridge.name && expected.name != own.name {
      guard let name = try? InterfaceName(expected.name),
        let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) })
      else { throw different(.linkMissing(expected.name)) }
      guard expected.sandbox.isEmpty else { throw different(.sandboxed(expected.name)) }
      guard link.kind == .veth, link.index == own.parent, link.parent == own.index, link.master == bridge.index else { continue }
      guard agrees(expected, link) else { throw different(.portMAC(expected.name, expected: expected.mac)) }
      return link
    }
    throw different(.portMissing(bridge: configuration.bridge.text))
  }

  private func checkVLANs(_ port: Link) throws(DelegateError) {
    let wanted = configuration.vlan
    guard wanted.isUsed else { return }
    let present = try netlink { () throws(NetlinkError) in try host.route.bridgeVLANs(of: port) }
    if let access = wanted.access, !present.contains(where: { $0.id == access && $0.isPVID }) {
      throw different(.vlan(port.name, id: access))
    }
    for id in wanted.trunk where !present.contains(where: { $0.id == id }) { throw different(.vlan(port.name, id: id)) }
  }

  private func agrees(_ expected: CNIResult.Interface, _ link: Link) -> Bool {
    expected.mac.isEmpty || expected.mac.lowercased() == link.mac?.description
  }

  private func different(_ difference: BridgeDifference) -> DelegateError { .bridge(.check(difference)) }
}
