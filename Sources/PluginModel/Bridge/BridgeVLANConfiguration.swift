import CNI

/// The VLAN keys of the `bridge` plugin.
package struct BridgeVLANConfiguration: ConfigurationPart {
  /// The VLAN of untagged packets, 1 to 4094. Nil for none, which the configuration may also write as 0.
  package private(set) var access: UInt16?
  /// The tagged VLANs in ascending order, without duplicates.
  package private(set) var trunk: [UInt16] = []
  /// Whether the port stays in VLAN 1, in which the kernel puts every port.
  package private(set) var preservesDefault = false

  package init() {}

  /// Whether the bridge must filter VLANs.
  package var isUsed: Bool { access != nil || !trunk.isEmpty }

  /// Whether the port stays in VLAN 1, in which the kernel puts every port.
  ///
  /// It also stays there when the keys do not ask for it and the port has no other VLAN for untagged packets: VLAN 1 is the
  /// native VLAN of a trunk.
  package var keepsDefault: Bool { preservesDefault || access == nil || access == 1 || trunk.contains(1) }

  package static let fields: [Field<BridgeVLANConfiguration>] = [
    Field(
      "vlan", .integer(0...4094) { "invalid VLAN ID \($0) (must be between 0 and 4094)" },
      doc: "The VLAN of the port's untagged packets, 1 to 4094; 0 stands for none.", example: "100"
    ) { $0.access = $1 == 0 ? nil : UInt16($1) },
    Field(
      "vlanTrunk", .list(of: Codec<VLANTrunkEntry>.object), doc: "The VLANs whose packets pass the port with their tags.",
      example: "[{id: 100}, {minID: 200, maxID: 299}]"
    ) { $0.trunk = VLANTrunkEntry.ids($1) },
    Field(
      "preserveDefaultVlan", .flag,
      doc: "Whether the port stays in VLAN 1, in which the kernel puts every port. Default: false.", example: "true"
    ) { $0.preservesDefault = $1 },
  ]
}

/// One entry of `vlanTrunk`: `{id}`, or `{minID, maxID}`, or both; each 1 to 4094.
struct VLANTrunkEntry: KeyedConfiguration {
  private var id: Int?
  private var minID: Int?
  private var maxID: Int?
  private var single: UInt16?
  private var range: ClosedRange<UInt16>?

  init() {}

  /// The VLANs of all entries in ascending order, without duplicates.
  static func ids(_ entries: [VLANTrunkEntry]) -> [UInt16] {
    var ids: Set<UInt16> = []
    for entry in entries {
      if let single = entry.single { ids.insert(single) }
      if let range = entry.range { ids.formUnion(range) }
    }
    return ids.sorted()
  }

  private static let numbers = 1...4094

  static let fields: [Field<VLANTrunkEntry>] = [
    Field("id", .uncheckedInteger(numbers), doc: "A VLAN, 1 to 4094.", example: "100") { $0.id = $1 },
    Field("minID", .uncheckedInteger(numbers), doc: "The first VLAN of a range. Needs `maxID`.", example: "200") {
      $0.minID = $1
    },
    Field("maxID", .uncheckedInteger(numbers), doc: "The last VLAN of a range. Needs `minID`.", example: "299") {
      $0.maxID = $1
    },
  ]

  static let heading = ShapeHeading(
    id: "vlanTrunk", name: "an entry of vlanTrunk", doc: "One VLAN, or a range of them.",
    relations: [.needs("minID", "maxID"), .needs("maxID", "minID")])

  /// Checks in the reference plugin's order, so that both report the same error: first a missing end of a range, then a number
  /// that is no VLAN.
  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    switch (minID, maxID) {
    case (let low?, let high?):
      let (first, last) = (try Self.vlan(low, "minID", path), try Self.vlan(high, "maxID", path))
      guard first <= last else { throw .invalid(path, reason: "minID is greater than maxID in trunk parameter") }
      range = first...last
    case (nil, .some): throw .invalid(path, reason: "minID and maxID should be configured simultaneously, minID is missing")
    case (.some, nil): throw .invalid(path, reason: "minID and maxID should be configured simultaneously, maxID is missing")
    case (nil, nil): break
    }
    if let id { single = try Self.vlan(id, "id", path) }
  }

  private static func vlan(
    _ number: Int, _ key: String, _ path: ConfigurationError.KeyPath
  ) throws(ConfigurationError) -> UInt16 {
    guard numbers.contains(number) else { throw .invalid(path.appending(key), reason: "incorrect trunk \(key) parameter") }
    return UInt16(number)
  }
}
