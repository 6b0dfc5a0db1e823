import CNI
import Netlink
import NetworkTypes

/// Compares a bridge attachment with the result of its ADD, in the order of the reference plugin.
struct BridgeCheck {
  let configuration: BridgeConfiguration
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace
  /// What was found so far.
  var found = Differences()

  init(_ configuration: BridgeConfiguration, _ call: DelegateCall, host: NodeNamespace, container: NodeNamespace) {
    (self.configuration, self.call, self.host, self.container) = (configuration, call, host, container)
  }

  /// Looks at everything that can be looked at; throws where the kernel does not answer, or there is nothing to compare with.
  mutating func run() throws(DelegateError) {
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    guard let previous else { throw .bridge(.check(.noPrevResult)) }
    let bridge = try checkBridge(previous.interfaces.last { $0.name == configuration.bridge.text })
    let expected = previous.interfaces.last {
      $0.name == call.ifName.text && $0.sandbox == call.netns && $0.name != configuration.bridge.text
    }
    guard let expected else { return different(.sandbox(expected: "", netns: call.netns)) }
    guard let own = try checkContainer(expected) else { return }
    if let bridge, let port = try checkPort(previous, own, bridge) { try checkVLANs(port) }
    if !configuration.disableContainerInterface {
      let attachment = AttachmentCheck(ContainerLink(own, call.ifName, in: container), previous)
      for difference in try attachment.differences() { different(.attachment(difference)) }
    }
  }

  /// The bridge, if it is there and is one.
  private mutating func checkBridge(_ expected: CNIResult.Interface?) throws(DelegateError) -> Link? {
    guard let expected else {
      different(.nameMissing)
      return nil
    }
    guard let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: configuration.bridge) }) else {
      different(.linkMissing(expected.name))
      return nil
    }
    if !expected.sandbox.isEmpty { different(.sandboxed(expected.name)) }
    guard case .bridge = link.kind else {
      different(.notABridge(expected.name))
      return nil
    }
    if !agrees(expected, link) { different(.bridgeMAC(expected.name, expected: expected.mac)) }
    if link.isPromiscuous != configuration.promiscMode {
      different(.promiscuity(link.name, expected: configuration.promiscMode))
    }
    return link
  }

  /// The container's interface, if it is there and is a veth.
  private mutating func checkContainer(_ expected: CNIResult.Interface) throws(DelegateError) -> Link? {
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      different(.linkMissing(expected.name))
      return nil
    }
    guard link.kind == .veth else {
      different(.notAVeth(link.name))
      return nil
    }
    if !agrees(expected, link) {
      different(.containerMAC(link.name, expected: expected.mac, found: link.mac?.description ?? ""))
    }
    return link
  }

  /// Every interface of the node that prevResult names must be there; one is the container's other end, in the bridge.
  private mutating func checkPort(_ previous: CNIResult, _ own: Link, _ bridge: Link) throws(DelegateError) -> Link? {
    for expected in previous.interfaces where expected.name != bridge.name && expected.name != own.name {
      guard let name = try? InterfaceName(expected.name),
        let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) })
      else {
        different(.linkMissing(expected.name))
        continue
      }
      if !expected.sandbox.isEmpty { different(.sandboxed(expected.name)) }
      guard link.kind == .veth, link.index == own.parent, link.parent == own.index, link.master == bridge.index else { continue }
      if !agrees(expected, link) { different(.portMAC(expected.name, expected: expected.mac)) }
      return link
    }
    different(.portMissing(bridge: configuration.bridge.text))
    return nil
  }

  private mutating func checkVLANs(_ port: Link) throws(DelegateError) {
    let wanted = configuration.vlan
    guard wanted.isUsed else { return }
    let present = try netlink { () throws(NetlinkError) in try host.route.bridgeVLANs(of: port) }
    if let access = wanted.access, !present.contains(where: { $0.id == access && $0.isPVID }) {
      different(.vlan(port.name, id: access))
    }
    for id in wanted.trunk where !present.contains(where: { $0.id == id }) { different(.vlan(port.name, id: id)) }
  }

  private func agrees(_ expected: CNIResult.Interface, _ link: Link) -> Bool {
    expected.mac.isEmpty || expected.mac.lowercased() == link.mac?.description
  }

  private mutating func different(_ difference: BridgeDifference) { found.append(.bridge(.check(difference))) }
}
