/// A link's kind, with the properties that only links of this kind have (`ip -details link`).
package enum LinkKind: Equatable, Sendable {
  case veth
  case bridge(Bridge)
  case macvlan(Macvlan)
  case vlan(VLAN)
  case ifb
  /// Any other kind, by the kernel's name for it.
  case other(String)
  /// A link without a kind, such as a network card or the loopback.
  case none

  /// `info` is a link's IFLA_LINKINFO.
  init(_ info: Attributes?) throws(MalformedReply) {
    guard let info, let name = info.string(LinkAttribute.Info.kind) else {
      self = .none
      return
    }
    switch name {
    case Veth.kind: self = .veth
    case Bridge.kind: self = .bridge(try Bridge(Self.data(info)))
    case Macvlan.kind: self = .macvlan(try Macvlan(Self.data(info)))
    case VLAN.kind: self = .vlan(try VLAN(Self.data(info)))
    case IFB.kind: self = .ifb
    default: self = .other(name)
    }
  }

  /// Only the data of kinds that we know is decoded: kinds are free to put anything there.
  private static func data(_ info: Attributes) throws(MalformedReply) -> Attributes? {
    try info.nested(LinkAttribute.Info.data)
  }
}
