import CLinux
import Glibc

/// The port of a bridge (`bridge -details link`).
package struct BridgePort: Equatable, Sendable {
  /// BR_STATE_*: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking.
  package let state: UInt8
  /// Whether packets may leave by the port that they came in by.
  package let hairpin: Bool
  /// Whether it reaches only ports that are not isolated.
  package let isolated: Bool

  /// Whether it learns the addresses of what comes in.
  package let learning: Bool

  package var isForwarding: Bool { state == UInt8(CLINUX_BR_STATE_FORWARDING) }

  /// Whether a spanning tree keeps it from forwarding, for now or for good.
  package var isInSpanningTree: Bool { [1, 2, 4].contains(state) }

  init(_ data: Attributes) {
    state = data.number(LinkAttribute.Port.state) ?? 0
    hairpin = data.number(LinkAttribute.Port.hairpin, UInt8.self) == 1
    isolated = data.number(LinkAttribute.Port.isolated, UInt8.self) == 1
    learning = data.number(LinkAttribute.Port.learning, UInt8.self) != 0
  }

  /// Sets flags of a port; nil leaves one as it is (`bridge link set`).
  ///
  /// `unicastFlood`: packets for addresses that nobody has seen leave here too. `guardsBPDU`: a spanning tree packet that
  /// comes in shuts it.
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
    return Request(.setBridgePort, link.name, message)
  }
}

extension ifinfomsg {
  init(family: UInt8 = UInt8(AF_UNSPEC), index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
    self.init()
    ifi_family = family
    ifi_index = index
    ifi_flags = flags
    ifi_change = change
  }
}
