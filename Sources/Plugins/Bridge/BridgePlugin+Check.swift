import CNI
import Netlink
import NetworkTypes

extension BridgePlugin {
  func isOfOurKind(_ link: Link) -> Bool { link.kind == .veth }

  /// Compares the bridge with prevResult.
  ///
  /// The bridge may be promiscuous for another reason than `promiscMode`: it may have been so before.
  func compareNode(_ check: inout InterfaceCheck) throws(DelegateError) {
    let named = check.previous.interfaces.filter { $0.name == configuration.bridge.text }
    // The container's interface may have the same name.
    guard let expected = named.last(where: \.sandbox.isEmpty) ?? named.last else {
      return check.report(BridgeError.check(.nameMissing))
    }
    let host = check.host
    guard let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: configuration.bridge) }) else {
      return check.report(BridgeError.check(.linkMissing(expected.name)))
    }
    if !expected.sandbox.isEmpty { check.report(BridgeError.check(.sandboxed(expected.name))) }
    guard case .bridge = link.kind else { return check.report(BridgeError.check(.notABridge(expected.name))) }
    if !expected.agrees(with: link) { check.report(BridgeError.check(.bridgeMAC(expected.name, expected: expected.mac))) }
    if configuration.promiscMode, !link.isPromiscuous {
      check.report(BridgeError.check(.promiscuity(link.name, expected: true)))
    }
    check.nodeLink = link
  }

  /// The container's other end must be a port of the bridge, in the configured VLANs.
  func compare(_ own: Link, _ ground: Void?, _ check: inout InterfaceCheck) throws(DelegateError) {
    guard let bridge = check.nodeLink, let port = try port(own, bridge, &check) else { return }
    let wanted = configuration.vlan
    guard wanted.isUsed else { return }
    let host = check.host
    let present = try netlink { () throws(NetlinkError) in try host.route.bridgeVLANs(of: port) }
    if let access = wanted.access, !present.contains(where: { $0.id == access && $0.isPVID }) {
      check.report(BridgeError.check(.vlan(port.name, id: access)))
    }
    for id in wanted.trunk where !present.contains(where: { $0.id == id }) {
      check.report(BridgeError.check(.vlan(port.name, id: id)))
    }
  }

  /// Finds the container's other end among the bridge's ports. Reports every interface of the node that prevResult names and that
  /// is missing.
  ///
  /// The pair is known by its indices. The port's hardware address does not matter to anybody, and others may change it.
  private func port(_ own: Link, _ bridge: Link, _ check: inout InterfaceCheck) throws(DelegateError) -> Link? {
    let host = check.host
    let others = check.previous.interfaces.filter { $0.sandbox.isEmpty && $0.name != bridge.name && $0.name != own.name }
    for expected in others {
      guard let name = try? InterfaceName(expected.name),
        let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) })
      else {
        check.report(BridgeError.check(.linkMissing(expected.name)))
        continue
      }
      if link.kind == .veth, link.index == own.parent, link.parent == own.index, link.master == bridge.index { return link }
    }
    check.report(BridgeError.check(.portMissing(bridge: configuration.bridge.text)))
    return nil
  }

  static func failure(_ difference: InterfaceDifference) -> any PluginFailure { BridgeError.check(.interface(difference)) }
}
