import Netlink
import NetworkTypes
import PluginModel

/// Ends tracked connections whose translation is no longer right.
///
/// A rule for address translation sees only the first packet of a connection. UDP and SCTP have connections that last as long as packets
/// come. TCP ends its own, because the other machine answers a reset.
struct ConnectionFlush {
  let host: NodeNamespace

  /// ADD: the connections to the host port that lead elsewhere, because they began when the port was not forwarded, or to another Pod.
  func run(for targets: [PortmapTarget]) throws(DelegateError) {
    for target in targets where target.hostPort.transport != .tcp {
      let port = target.hostPort
      try end(target.address.family, port.transport.number, port.port) { (connection) throws(DelegateError) in
        let reply = connection.reply
        guard reply.source != target.address || reply.sourcePort != port.containerPort else { return false }
        return try isTo(port, connection)
      }
    }
  }

  /// DEL: the connections that lead to the container by one of the elements that were deleted.
  func run(after removed: [NFTElement]) throws(DelegateError) {
    for element in removed {
      guard let former = FormerTarget(element), former.transport != HostPort.Transport.tcp.number else { continue }
      try end(former.address.family, former.transport, former.port) { connection in
        connection.reply.source == former.address && connection.reply.sourcePort == former.containerPort
      }
    }
  }

  private func end(
    _ family: AddressFamily, _ transport: UInt8, _ port: UInt16, where fits: (TrackedConnection) throws(DelegateError) -> Bool
  ) throws(DelegateError) {
    let all = try host.netfilter { (socket) throws(NetlinkError) in
      try socket.connections(family, transport, toPort: port)
    }
    var outdated: [TrackedConnection] = []
    for connection in all where try fits(connection) { outdated.append(connection) }
    guard !outdated.isEmpty else { return }
    try host.netfilter { (socket) throws(NetlinkError) in try socket.end(outdated) }
  }

  /// Whether a connection's first destination is the host port. A connection of a Pod to the same port of another machine is not.
  private func isTo(_ port: HostPort, _ connection: TrackedConnection) throws(DelegateError) -> Bool {
    let destination = connection.original.destination
    if let address = port.address { return destination == address }
    if destination.isLoopback { return true }
    return try netlink { () throws(NetlinkError) in try host.route.addresses(family: destination.family) }
      .contains { $0.cidr.address == destination }
  }
}

/// The host port and target that an element of the ruleset had.
private struct FormerTarget {
  let transport: UInt8
  let port: UInt16
  let address: IPAddress
  let containerPort: UInt16

  /// Nil for an element that forwards no port.
  init?(_ element: NFTElement) {
    guard let data = element.data, element.key.count >= 8, data.count == 8 || data.count == 20,
      let address = IPAddress(bytes: data.prefix(data.count - 4))
    else { return nil }
    transport = element.key[0]
    port = UInt16(networkBytes: element.key[(element.key.count - 4)...])
    containerPort = UInt16(networkBytes: data[(data.count - 4)...])
    self.address = address
  }
}

extension UInt16 {
  /// The first two bytes, in network order.
  fileprivate init(networkBytes bytes: ArraySlice<UInt8>) {
    self = bytes.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
  }
}
