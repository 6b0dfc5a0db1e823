import CLinux
import Glibc

/// The port of a bridge (`bridge -details link`).
package struct BridgePort: Equatable, Sendable {
  /// BR_STATE_*: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking.
  package let state: UInt8
  /// Whether a packet may leave by the port that it came in by.
  package let hairpin: Bool
  /// Whether its packets reach only ports that are not isolated.
  package let isolated: Bool
  /// Whether the bridge learns the source addresses of packets that come in here.
  package let learning: Bool

  package var isForwarding: Bool { state == UInt8(CLINUX_BR_STATE_FORWARDING) }

  /// Whether a spanning tree keeps it from forwarding: it is listening, learning or blocking.
  package var isInSpanningTree: Bool { [1, 2, 4].contains(state) }

  /// `info` is the IFLA_LINKINFO of any link. Nil if it is no bridge's port.
  init?(_ info: Attributes?) throws(MalformedReply) {
    guard let info, info.string(LinkAttribute.Info.slaveKind) == Bridge.kind,
      let data = try info.nested(LinkAttribute.Info.slaveData)
    else { return nil }
    state = try data.number(LinkAttribute.Port.state) ?? 0
    hairpin = try data.number(LinkAttribute.Port.hairpin, UInt8.self) == 1
    isolated = try data.number(LinkAttribute.Port.isolated, UInt8.self) == 1
    learning = try data.number(LinkAttribute.Port.learning, UInt8.self) != 0
  }

  /// Sets flags of a port (`bridge link set`). Nil leaves a flag as it is.
  ///
  /// `unicastFlood`: packets for addresses that the bridge has not learned leave here too. `guardsBPDU`: the port is
  /// disabled when a spanning tree packet comes in.
  package static func set(
    _ link: Link, hairpin: Bool? = nil, isolated: Bool? = nil, learning: Bool? = nil, unicastFlood: Bool? = nil,
    guardsBPDU: Bool? = nil
  ) -> Request {
    var message = MessageWriter(type: UInt16(RTM_SETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(family: UInt8(AF_BRIDGE), index: link.index))
    let wanted = [
      (LinkAttribute.Port.hairpin, hairpin), (LinkAttribute.Port.isolated, isolated), (LinkAttribute.Port.learning, learning),
      (LinkAttribute.Port.unicastFlood, unicastFlood), (LinkAttribute.Port.guardsBPDU, guardsBPDU),
    ]
    message.nest(LinkAttribute.bridgePort | Int(NLA_F_NESTED)) { port in
      for case (let type, let value?) in wanted { port.attribute(type, UInt8(value ? 1 : 0)) }
    }
    let names = [
      ("hairpin", hairpin), ("isolated", isolated), ("learning", learning), ("flood", unicastFlood), ("guard", guardsBPDU),
    ]
    let words = names.compactMap { name, value in value.map { "\(name) \($0 ? "on" : "off")" } }
    return Request(.setBridgePort, ([link.name] + words).joined(separator: " "), message)
  }
}
