import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// Runs `body`, which sets VLANs. A kernel without VLAN filtering refuses that with EOPNOTSUPP.
func filteringVLANs<T>(on bridge: InterfaceName, _ body: () throws(NetlinkError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch {
    guard case .refused(let operation, _, .notSupportedOnSocket, _) = error,
      [.addBridgeVLAN, .deleteBridgeVLAN].contains(operation)
    else { throw .netlink(error) }
    throw .plugin(BridgeError.kernelWithoutVLANFiltering(bridge))
  }
}

/// Configures a port of the bridge: its flags and its VLANs.
struct BridgePortSetup {
  let configuration: BridgeConfiguration
  let host: NodeNamespace

  /// Sets the port's flags and VLANs.
  func configure(_ port: Link) throws(DelegateError) {
    var requests: [Request] = []
    if configuration.hairpinMode || configuration.portIsolation {
      requests.append(
        BridgePort.set(
          port, hairpin: configuration.hairpinMode ? true : nil, isolated: configuration.portIsolation ? true : nil))
    }
    requests += vlanRequests(port)
    guard !requests.isEmpty else { return }
    try filteringVLANs(on: configuration.bridge) { () throws(NetlinkError) in _ = try host.route.execute(requests) }
  }

  private func vlanRequests(_ port: Link) -> [Request] {
    let vlan = configuration.vlan
    guard vlan.isUsed else { return [] }
    var requests: [Request] = []
    if !vlan.keepsDefault { requests.append(BridgeVLAN.delete([BridgeVLAN(id: 1)], from: port)) }
    if let access = vlan.access {
      requests.append(BridgeVLAN.add([BridgeVLAN(id: access, isPVID: true, isUntagged: true)], to: port))
    }
    let tagged = vlan.trunk.filter { $0 != vlan.access }.map { BridgeVLAN(id: $0) }
    if !tagged.isEmpty { requests.append(BridgeVLAN.add(tagged, to: port)) }
    return requests
  }

  /// Waits until the bridge forwards the port's packets and the container's end runs.
  ///
  /// Since Linux 6.9 a query for a link first completes a pending change of its carrier, so one look is enough. Older kernels
  /// need several. A bridge with a spanning tree needs half a minute, so we do not wait for it.
  func waitUntilForwarding(_ port: Link, _ own: ContainerLink) throws(DelegateError) {
    let deadline = Monotonic.now() + Waits.portForwarding
    var pauses = Waits.portForwardingPauses
    while true {
      let inside = try netlink { () throws(NetlinkError) in try own.namespace.route.link(index: own.link.index) }
      let outside = try netlink { () throws(NetlinkError) in try host.route.link(index: port.index) }
      guard let inside, let outside else {
        throw .netlink(.refused(.showLink, object: port.name, .noSuchDevice, kernel: ""))
      }
      if inside.isRunning, outside.isRunning, outside.port.map({ $0.isForwarding || $0.isInSpanningTree }) == true { return }
      guard Monotonic.now() < deadline else {
        throw .plugin(BridgeError.portNotForwarding(port.name, state: outside.port?.state ?? 0))
      }
      pauses.pause()
    }
  }
}
