import CLinux

/// A named set or map of a table (nft(8), "SETS", "MAPS").
package struct NFTSet: Hashable, Sendable, CustomStringConvertible {
  /// A type of a key or of a map's data, by nft's number for it (libnftables, datatype.h). nft shows elements by it.
  package enum DataType: UInt32, Sendable {
    case ipv4Address = 7
    case ipv6Address = 8
    case etherAddress = 9
    case protocolNumber = 12
    case port = 13
    case interfaceName = 41

    /// In bytes.
    var size: Int {
      switch self {
      case .ipv4Address: 4
      case .ipv6Address: 16
      case .etherAddress: 6
      case .protocolNumber: 1
      case .port: 2
      case .interfaceName: 16
      }
    }

    /// In a concatenation every value starts at a register, which has four bytes.
    var paddedSize: Int { (size + 3) & ~3 }
  }

  package let table: NFTable
  package let name: String
  /// Several types are a concatenation.
  package let key: [DataType]
  /// A map's data. Empty for a set.
  package let data: [DataType]
  /// Whether an element may stand for a range of keys.
  package let hasIntervals: Bool

  package init(
    _ name: String, in table: NFTable, key: [DataType], data: [DataType] = [], hasIntervals: Bool = false
  ) {
    (self.name, self.table, self.key, self.data, self.hasIntervals) = (name, table, key, data, hasIntervals)
  }

  package var description: String { "\(table) \(name)" }

  /// Makes the set unless it is there. `id` tells it from others of the same batch.
  package func add(id: UInt32) -> Request {
    var message = table.message(NFT_MSG_NEWSET, NLM_F_CREATE)
    message.attribute(NFTAttribute.Set.table, string: table.name)
    message.attribute(NFTAttribute.Set.name, string: name)
    message.attribute(NFTAttribute.Set.flags, flags.bigEndian)
    message.attribute(NFTAttribute.Set.keyType, Self.number(key).bigEndian)
    message.attribute(NFTAttribute.Set.keyLength, Self.length(key).bigEndian)
    if !data.isEmpty {
      message.attribute(NFTAttribute.Set.dataType, Self.number(data).bigEndian)
      message.attribute(NFTAttribute.Set.dataLength, Self.length(data).bigEndian)
    }
    message.attribute(NFTAttribute.Set.id, id.bigEndian)
    if hasIntervals, key.count > 1 {
      message.nested(NFTAttribute.Set.description) {
        $0.nested(NFTAttribute.Set.concatenation) { fields in
          for type in key {
            fields.nested(NFTAttribute.listElement) {
              $0.attribute(NFTAttribute.Set.fieldLength, UInt32(type.size).bigEndian)
            }
          }
        }
      }
    }
    return Request(.addSet, description, message)
  }

  private var flags: UInt32 {
    var flags: UInt32 = 0
    if hasIntervals { flags |= NFT_SET_INTERVAL.rawValue }
    if hasIntervals, key.count > 1 { flags |= NFT_SET_CONCAT.rawValue }
    if !data.isEmpty { flags |= NFT_SET_MAP.rawValue }
    return flags
  }

  /// nft's number of a concatenation has six bits for each type, the last type lowest.
  private static func number(_ types: [DataType]) -> UInt32 { types.reduce(0) { $0 << 6 | $1.rawValue } }

  private static func length(_ types: [DataType]) -> UInt32 {
    UInt32(types.count == 1 ? types[0].size : types.reduce(0) { $0 + $1.paddedSize })
  }

  /// The bytes of a key or of data, of one value for each type.
  static func bytes(_ values: [[UInt8]]) -> [UInt8] {
    guard values.count > 1 else { return values.first ?? [] }
    return values.flatMap { $0 + [UInt8](repeating: 0, count: ((($0.count + 3) & ~3) - $0.count)) }
  }
}
