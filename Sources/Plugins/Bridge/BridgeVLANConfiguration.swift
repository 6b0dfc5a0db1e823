import CNI
import JSON

/// The VLAN keys of the `bridge` plugin.
struct BridgeVLANConfiguration {
  /// The VLAN of untagged packets; nil for none. 0 in the configuration says the same.
  let access: UInt16?
  /// The tagged VLANs, ascending, each once.
  let trunk: [UInt16]
  /// VLAN 1, which the kernel gives every port, stays.
  let preservesDefault: Bool

  /// Whether the bridge must filter VLANs.
  var isUsed: Bool { access != nil || !trunk.isEmpty }

  init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    let id = try reader.int("vlan") ?? 0
    guard (0...4094).contains(id) else {
      throw .invalid(reader.path.appending("vlan"), reason: "invalid VLAN ID \(id) (must be between 0 and 4094)")
    }
    access = id == 0 ? nil : UInt16(id)
    preservesDefault = try reader.bool("preserveDefaultVlan") ?? false
    var ids: Set<UInt16> = []
    for entry in try reader.objects("vlanTrunk") ?? [] { ids.formUnion(try Self.trunk(entry)) }
    trunk = ids.sorted()
  }

  /// One entry: `{id}`, or `{minID, maxID}`, or both; each 1 to 4094.
  private static func trunk(_ entry: ConfigurationReader) throws(ConfigurationError) -> Set<UInt16> {
    let (low, high, single) = (try entry.int("minID"), try entry.int("maxID"), try entry.int("id"))
    func id(_ value: Int, _ key: String) throws(ConfigurationError) -> UInt16 {
      guard (1...4094).contains(value) else {
        throw .invalid(entry.path.appending(key), reason: "incorrect trunk \(key) parameter")
      }
      return UInt16(value)
    }
    var ids: Set<UInt16> = []
    switch (low, high) {
    case (let low?, let high?):
      let (first, last) = (try id(low, "minID"), try id(high, "maxID"))
      guard first <= last else { throw .invalid(entry.path, reason: "minID is greater than maxID in trunk parameter") }
      ids.formUnion(first...last)
    case (nil, .some): throw .invalid(entry.path, reason: "minID and maxID should be configured simultaneously, minID is missing")
    case (.some, nil): throw .invalid(entry.path, reason: "minID and maxID should be configured simultaneously, maxID is missing")
    case (nil, nil): break
    }
    if let single { ids.insert(try id(single, "id")) }
    return ids
  }

  /// Whether the port is in VLAN 1, which the kernel gives it, although nobody asked: VLAN 1 is the native VLAN of a trunk.
  var keepsDefault: Bool { preservesDefault || access == nil || access == 1 || trunk.contains(1) }
}
