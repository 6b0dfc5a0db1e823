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

  /// One entry: `{id}`, or `{minID, maxID}`, or both.
  private static func trunk(_ entry: ConfigurationReader) throws(ConfigurationError) -> Set<UInt16> {
    func number(_ key: String, _ name: String) throws(ConfigurationError) -> Int? {
      guard let value = try entry.int(key) else { return nil }
      guard (0...4094).contains(value) else {
        throw .invalid(entry.path.appending(key), reason: "incorrect trunk \(name) parameter")
      }
      return value
    }
    var ids: Set<UInt16> = []
    let (low, high) = (try number("minID", "minID"), try number("maxID", "maxID"))
    switch (low, high) {
    case (let low?, let high?):
      guard low <= high else { throw .invalid(entry.path, reason: "minID is greater than maxID in trunk parameter") }
      ids.formUnion((low...high).map(UInt16.init))
    case (nil, .some): throw .invalid(entry.path, reason: "minID and maxID should be configured simultaneously, minID is missing")
    case (.some, nil): throw .invalid(entry.path, reason: "minID and maxID should be configured simultaneously, maxID is missing")
    case (nil, nil): break
    }
    if let id = try number("id", "id") { ids.insert(UInt16(id)) }
    ids.remove(0)
    return ids
  }
}
