import CLinux
import Glibc
import NetworkTypes
import System

/// A connection that the kernel tracks (`conntrack -L`), of a protocol with ports.
package struct TrackedConnection: Hashable, Sendable {
  /// One direction of a connection.
  package struct Tuple: Hashable, Sendable {
    package let source: IPAddress
    package let destination: IPAddress
    /// IPPROTO_*.
    package let transport: UInt8
    package let sourcePort: UInt16
    package let destinationPort: UInt16
  }

  /// The first packet's direction, with the destination that its sender wrote.
  package let original: Tuple
  /// The direction of the answers. Its source is the machine that answers, after address translation.
  package let reply: Tuple
  /// The kernel's number of the connection, by which a later one with the same addresses is told from this.
  let id: UInt32?
  let zone: UInt16?

  /// Nil for a connection of a protocol without ports.
  init?(_ message: Message) throws(MalformedReply) {
    let attributes = try message.attributes(after: nfgenmsg.self)
    guard let original = try Tuple(try attributes.nested(ConntrackAttribute.original)),
      let reply = try Tuple(try attributes.nested(ConntrackAttribute.reply))
    else { return nil }
    (self.original, self.reply) = (original, reply)
    id = try attributes.bigEndian(ConntrackAttribute.id, UInt32.self)
    zone = try attributes.bigEndian(ConntrackAttribute.zone, UInt16.self)
  }

  /// Ends the connection: its next packet starts a new one, which today's rules decide. Fails with ENOENT if it has ended already.
  var delete: Request {
    var message = NetfilterMessage.start(
      .conntrack, IPCTNL_MSG_CT_DELETE.rawValue, original.source.family.netfilter, flags: NLM_F_ACK)
    // A message without a tuple would end every connection of the node.
    message.nested(ConntrackAttribute.original) { original.write(&$0) }
    if let id { message.attribute(ConntrackAttribute.id, id.bigEndian) }
    if let zone { message.attribute(ConntrackAttribute.zone, zone.bigEndian) }
    return Request(.deleteConnection, "\(original.source) to \(original.destination) port \(original.destinationPort)", message)
  }
}

extension TrackedConnection.Tuple {
  /// Nil if there is none, or if its protocol has no ports.
  fileprivate init?(_ tuple: Attributes?) throws(MalformedReply) {
    typealias Key = ConntrackAttribute.Tuple
    guard let ip = try tuple?.nested(Key.address), let transport = try tuple?.nested(Key.transport),
      let number = try transport.number(Key.number, UInt8.self),
      let sourcePort = try transport.bigEndian(Key.sourcePort, UInt16.self),
      let destinationPort = try transport.bigEndian(Key.destinationPort, UInt16.self)
    else { return nil }
    let source4 = try ip.address(Key.source4, .ipv4)
    let destination4 = try ip.address(Key.destination4, .ipv4)
    let source6 = try ip.address(Key.source6, .ipv6)
    let destination6 = try ip.address(Key.destination6, .ipv6)
    guard let source = source4 ?? source6, let destination = destination4 ?? destination6
    else { return nil }
    (self.source, self.destination, self.transport) = (source, destination, number)
    (self.sourcePort, self.destinationPort) = (sourcePort, destinationPort)
  }

  fileprivate func write(_ tuple: inout MessageWriter) {
    typealias Key = ConntrackAttribute.Tuple
    tuple.nested(Key.address) {
      $0.attribute(source.family == .ipv4 ? Key.source4 : Key.source6, source.bytes)
      $0.attribute(source.family == .ipv4 ? Key.destination4 : Key.destination6, destination.bytes)
    }
    tuple.nested(Key.transport) {
      $0.attribute(Key.number, transport)
      $0.attribute(Key.sourcePort, sourcePort.bigEndian)
      $0.attribute(Key.destinationPort, destinationPort.bigEndian)
    }
  }
}

extension AddressFamily {
  package var netfilter: NetfilterMessage.Family { self == .ipv4 ? .ipv4 : .ipv6 }
}

extension NetlinkError.Operation {
  package static var showConnection: Self { Self("list tracked connections") }
  package static var deleteConnection: Self { Self("delete tracked connection") }
}

extension NetfilterSocket {
  /// The tracked connections of a family to a port, whatever their address. `transport` is IPPROTO_*.
  ///
  /// The kernel compares since 5.8. An older one sends all connections, so we compare as well. A kernel without connection tracking has none.
  package mutating func connections(
    _ family: AddressFamily, _ transport: UInt8, toPort port: UInt16
  ) throws(NetlinkError) -> [TrackedConnection] {
    typealias Key = ConntrackAttribute
    var message = NetfilterMessage.start(
      .conntrack, IPCTNL_MSG_CT_GET.rawValue, family.netfilter, flags: NLM_F_DUMP)
    message.nested(Key.filter) {
      $0.attribute(Key.Filter.original, Key.Filter.protocolNumber | Key.Filter.destinationPort)
      $0.attribute(Key.Filter.reply, UInt32(0))
    }
    message.nested(Key.original) {
      $0.nested(Key.Tuple.transport) {
        $0.attribute(Key.Tuple.number, transport)
        $0.attribute(Key.Tuple.destinationPort, port.bigEndian)
      }
    }
    let request = Request(.showConnection, "to port \(port)", message, absence: [.invalidArgument, .notSupportedOnSocket])
    return try dump(request) { (message) throws(MalformedReply) in try TrackedConnection(message) }.filter {
      $0.original.transport == transport && $0.original.destinationPort == port && $0.original.source.family == family
    }
  }

  /// Ends connections. It is no error if some have ended already.
  package mutating func end(_ connections: [TrackedConnection]) throws(NetlinkError) {
    do { _ = try transact(connections.map(\.delete)) } catch {
      guard error.errno == .noSuchFileOrDirectory else { throw error }
    }
  }
}
