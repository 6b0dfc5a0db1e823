/// The properties that only a VLAN on another link has (`ip link add type vlan help`).
package struct VLAN: Equatable, Sendable {
  static let kind = "vlan"

  /// 0 to 4094.
  package let id: UInt16

  init(_ data: Attributes?) throws(MalformedReply) {
    guard let id = try data?.number(LinkAttribute.VLAN.id, UInt16.self) else {
      throw .attributeMissing(type: LinkAttribute.VLAN.id)
    }
    self.id = id
  }
}
