/// The properties that only a bridge has (`ip link add type bridge help`).
package struct Bridge: Equatable, Sendable {
  static let kind = "bridge"

  package var vlanFiltering: Bool
  /// The VLAN of untagged packets on new ports; 0 for no VLAN at all. Nil leaves the kernel's default, 1.
  package var defaultPVID: UInt16?

  package init(vlanFiltering: Bool = false, defaultPVID: UInt16? = nil) {
    (self.vlanFiltering, self.defaultPVID) = (vlanFiltering, defaultPVID)
  }

  /// A kernel without VLAN filtering sends neither attribute.
  init(_ data: Attributes?) throws(MalformedReply) {
    vlanFiltering = try data?.number(LinkAttribute.Bridge.vlanFiltering, UInt8.self) == 1
    defaultPVID = try data?.number(LinkAttribute.Bridge.defaultPVID)
  }

  func write(_ data: inout MessageWriter) {
    if vlanFiltering { data.attribute(LinkAttribute.Bridge.vlanFiltering, UInt8(1)) }
    if let defaultPVID { data.attribute(LinkAttribute.Bridge.defaultPVID, defaultPVID) }
  }
}
