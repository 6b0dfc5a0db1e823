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
  func make(_ call: DelegateCall, mac: MACAddress?, bridge: Link, container: NodeNamespace) throws(DelegateError) -> Link {
    let peer = NewLink.Peer(
      name: call.ifName, mac: mac, mtu: configuration.link.mtu, namespace: container.namespace.descriptor.rawValue)
    for attempt in 1... {
      let name = try Self.hostName()
      let pair = NewLink(name: name, kind: .veth(peer: peer), mtu: configuration.link.mtu, master: bridge.index, isUp: true)
      do throws(DelegateError) {
        try netlink { () throws(NetlinkError) in try host.route.add(pair) }
        return try port(name)
      } catch {
        guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
        let taken = try netlink { () throws(NetlinkError) in try container.route.link(named: call.ifName) } != nil
        guard !taken else { throw .bridge(.containerLinkExists(call.ifName)) }
        // Our random name was taken: by chance once in four thousand million.
        guard attempt < 4 else { throw error }
      }
    }
    preconditionFailure("the loop returns or throws")
  }

  private func port(_ name: InterfaceName) throws(DelegateError) -> Link {
    guard let link = try netlink({ () throws(NetlinkError) in try host.route.link(named: name) }) else {
      throw .linkMissing(name, netns: host.path)
    }
    return link
  }

  /// `veth` and eight hexadecimal digits.
  private static func hostName() throws(DelegateError) -> InterfaceName {
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
    let vlan = configuration.vlan
    if vlan.isUsed {
      if !vlan.preservesDefault, vlan.access != nil, vlan.access != 1 {
        requests.append(BridgeVLAN.delete([BridgeVLAN(id: 1)], from: port))
      }
      if let access = vlan.access {
        requests.append(BridgeVLAN.add([BridgeVLAN(id: access, isPVID: true, isUntagged: true)], to: port))
      }
      let tagged = vlan.trunk.filter { $0 != vlan.access }.map { BridgeVLAN(id: $0) }
      if !tagged.isEmpty { requests.append(BridgeVLAN.add(tagged, to: port)) }
    }
    guard !requests.isEmpty else { return }
    try netlink { () throws(NetlinkError) in _ = try host.route.execute(requests) }
  }

  /// Waits until the bridge forwards the port's packets, which takes the kernel a moment after the carrier is there.
  func waitUntilForwarding(_ port: Link) throws(DelegateError) {
    let deadline = Monotonic.milliseconds() + Self.patience
    var pause: UInt32 = 100
    while true {
      guard let now = try netlink({ () throws(NetlinkError) in try host.route.link(index: port.index) }) else {
        throw .netlink(.refused(.showLink, object: port.name, Errno(rawValue: ENODEV), kernel: ""))
      }
      if now.port?.isForwarding == true, now.isRunning { return }
      guard Monotonic.milliseconds() < deadline else {
        throw .bridge(.portNotForwarding(port.name, state: now.port?.state ?? 0))
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }
}
