import CLinux
import NetworkTypes

/// The classifier that compares words of a packet's network header (tc-u32(8)).
enum U32 {
  /// A word of 32 bits at `offset` bytes. Only the bits of the mask are compared.
  private struct Key: Equatable {
    let mask: UInt32
    let value: UInt32
    let offset: Int32
  }

  /// The sizes of tc_u32_sel without its keys, and of tc_u32_key, in bytes.
  private static let (selectorSize, keySize) = (16, 16)

  /// Where the addresses stand in the header of a family (RFC 791, RFC 8200).
  private static func offset(_ family: AddressFamily, isSource: Bool) -> Int32 {
    switch (family, isSource) {
    case (.ipv4, true): 12
    case (.ipv4, false): 16
    case (.ipv6, true): 8
    case (.ipv6, false): 24
    }
  }

  static func write(_ filter: Filter, _ options: inout MessageWriter) {
    let keys: [Key] =
      switch filter.match {
      case .source(let prefix): Self.keys(prefix, at: offset(prefix.family, isSource: true))
      case .destination(let prefix): Self.keys(prefix, at: offset(prefix.family, isSource: false))
      case .everything, .family, .other: [Key(mask: 0, value: 0, offset: 0)]
      }
    filter.write(&options, TrafficControlAttribute.U32.classID, TrafficControlAttribute.U32.actions)
    // Only the flags and the number of keys: the rest of tc_u32_sel is about headers of variable length.
    var bytes = [UInt8(TC_U32_TERMINAL), 0, UInt8(keys.count)] + [UInt8](repeating: 0, count: selectorSize - 3)
    for key in keys {
      // off and offmask; mask and value are in network byte order
      let words = [key.mask.bigEndian, key.value.bigEndian, UInt32(bitPattern: key.offset), 0]
      bytes += words.withUnsafeBytes { Array($0) }
    }
    options.attribute(TrafficControlAttribute.U32.selector, bytes)
  }

  private static func keys(_ prefix: CIDR, at offset: Int32) -> [Key] {
    let network = words(prefix.network.address)
    let masks = words(IPAddress(family: prefix.family, value: ~prefix.hostMask))
    return (0..<((prefix.prefixLength + 31) / 32)).map {
      Key(mask: masks[$0], value: network[$0], offset: offset + 4 * Int32($0))
    }
  }

  private static func words(_ address: IPAddress) -> [UInt32] {
    let count = address.family.byteCount / 4
    return (0..<count).map { UInt32(truncatingIfNeeded: address.value >> UInt128(32 * (count - 1 - $0))) }
  }

  /// The meaning of a selector: the structure, and its keys behind it.
  static func match(_ selector: ArraySlice<UInt8>, _ family: Filter.Family) throws(MalformedReply) -> Filter.Match {
    guard let count = selector.load(UInt8.self, at: 2), selector.count >= selectorSize + keySize * Int(count) else {
      throw .attributeSize(type: TrafficControlAttribute.U32.selector, size: selector.count)
    }
    var keys: [Key] = []
    for number in 0..<Int(count) {
      let start = selectorSize + keySize * number
      guard let mask = selector.load(UInt32.self, at: start), let value = selector.load(UInt32.self, at: start + 4),
        let offset = selector.load(Int32.self, at: start + 8), let moving = selector.load(UInt32.self, at: start + 12)
      else { throw .attributeSize(type: TrafficControlAttribute.U32.selector, size: selector.count) }
      guard moving == 0 else { return .other }
      keys.append(Key(mask: mask.byteSwapped, value: value.byteSwapped, offset: offset))
    }
    switch family {
    case .any: return keys.allSatisfy { $0.mask == 0 } ? .everything : .other
    case .ip(let family): return keys.allSatisfy { $0.mask == 0 } ? .family(family) : match(keys, family)
    case .other: return .other
    }
  }

  private static func match(_ keys: [Key], _ family: AddressFamily) -> Filter.Match {
    guard keys.count <= family.byteCount / 4, let first = keys.first else { return .other }
    var value: UInt128 = 0
    var mask: UInt128 = 0
    for index in 0..<(family.byteCount / 4) {
      value = value << 32 | UInt128(index < keys.count ? keys[index].value : 0)
      mask = mask << 32 | UInt128(index < keys.count ? keys[index].mask : 0)
    }
    guard let prefix = CIDR(IPAddress(family: family, value: value), mask: mask) else { return .other }
    for isSource in [true, false] {
      let start = offset(family, isSource: isSource)
      guard first.offset == start, keys == Self.keys(prefix, at: start) else { continue }
      return isSource ? .source(prefix) : .destination(prefix)
    }
    return .other
  }
}

extension CIDR {
  /// Nil for a mask whose bits that count are not the first ones.
  init?(_ address: IPAddress, mask: UInt128) {
    let length = mask.nonzeroBitCount
    guard let prefix = try? CIDR(address, prefixLength: length),
      IPAddress(family: address.family, value: ~prefix.hostMask).value == mask
    else { return nil }
    self = prefix
  }
}
