import CNI
import Glibc
import Netlink
import NetworkTypes
import System

/// The veth pair between the bridge and the container.
struct BridgePortSetup {
  let configuration: BridgeConfiguration
  let host: NodeNamespace

  /// How long a port may take to forward, in milliseconds: the reference plugin's patience.
  static let patience = 2550

  /// Makes the pair: one end a port of the bridge and up, the other born in the container under its name. Returns our end.
  func make(_ site: InterfaceSite, bridge: Link) throws(DelegateError) -> Link {
    let (call, container) = (site.call, site.container)
    let peer = NewLink.Peer(
      name: call.ifName, mac: site.mac, mtu: configuration.link.mtu, group: call.options.linkGroup,
      namespace: container.namespace.descriptor.rawValue)
    for attempt in 1... {
      let name = try Self.hostName()
      let pair = NewLink(name: name, kind: .veth(peer: peer), mtu: configuration.link.mtu, master: bridge.index, isUp: true)
      do throws(DelegateError) {
        return try host.make(pair)
      } catch {
        guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
        let taken = try netlink { () throws(NetlinkError) in try container.route.link(named: call.ifName) } != nil
        guard !taken else { throw .plugin(BridgeError.containerLinkExists(call.ifName, port: name)) }
        // Our random name was taken: by chance once in four thousand million.
        guard attempt < 4 else { throw error }
      }
    }
    preconditionFailure("the loop returns or throws")
  }

  /// `veth` and eight hexadecimal digits.
  static func hostName() throws(DelegateError) -> InterfaceName {
    let bytes = try system { () throws(SystemError) in try RandomBytes.get(4) }
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard let name = try? InterfaceName("veth" + digits) else { preconditionFailure("twelve letters and digits make a name") }
    return name
  }

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
    try netlink { () throws(NetlinkError) in _ = try host.route.execute(requests) }
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
  /// Since Linux 6.9 a question for a link first does what its carrier's change has put off, so that the first answer will
  /// do; older kernels take a moment. A bridge with a spanning tree takes half a minute, for which nobody waits.
  func waitUntilForwarding(_ port: Link, _ own: ContainerLink) throws(DelegateError) {
    let deadline = Monotonic.milliseconds() + Self.patience
    var pause: UInt32 = 100
    while true {
      let inside = try netlink { () throws(NetlinkError) in try own.namespace.route.link(index: own.link.index) }
      let outside = try netlink { () throws(NetlinkError) in try host.route.link(index: port.index) }
      guard let inside, let outside else {
        throw .netlink(.refused(.showLink, object: port.name, .noSuchDevice, kernel: ""))
      }
      if inside.isRunning, outside.isRunning, outside.port.map({ $0.isForwarding || $0.isInSpanningTree }) == true { return }
      guard Monotonic.milliseconds() < deadline else {
        throw .plugin(BridgeError.portNotForwarding(port.name, state: outside.port?.state ?? 0))
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }
}
