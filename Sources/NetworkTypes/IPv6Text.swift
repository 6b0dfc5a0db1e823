/// The textual form of IPv6 addresses (RFC 4291 section 2.2 to read, RFC 5952 to write).
enum IPv6Text {
  static func parse(_ text: [UInt8]) -> UInt128? {
    let colon = UInt8(ascii: ":")
    guard text.count >= 2, text.count <= 45 else { return nil }
    if text[0] == colon && text[1] != colon { return nil }
    if text.last == colon && text[text.count - 2] != colon { return nil }
    var groups: [UInt16] = []
    var gap: Int?
    var i = 0
    while i < text.count {
      if text[i] == colon {
        i += 1
        if i < text.count, text[i] == colon {
          guard gap == nil else { return nil }
          gap = groups.count
          i += 1
          if i < text.count, text[i] == colon { return nil }
        } else if groups.isEmpty {
          return nil
        }
        continue
      }
      let end = text[i...].firstIndex(of: colon) ?? text.count
      let part = text[i..<end]
      if part.contains(UInt8(ascii: ".")) {
        guard end == text.count, let v4 = parseDotted(Array(part)) else { return nil }
        groups += [UInt16(v4 >> 16), UInt16(v4 & 0xffff)]
      } else {
        guard let group = hexadecimal(part) else { return nil }
        groups.append(group)
      }
      i = end
    }
    guard gap == nil ? groups.count == 8 : groups.count <= 7 else { return nil }
    if let gap { groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap) }
    return groups.reduce(0) { $0 << 16 | UInt128($1) }
  }

  private static func hexadecimal(_ part: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(part.count) else { return nil }
    var value: UInt16 = 0
    for c in part {
      guard let digit = hexDigit(c) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  static func format(_ value: UInt128) -> String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    if groups[0..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xffff {
      return "::ffff:" + dotted(UInt32(truncatingIfNeeded: value))
    }
    let gap = longestZeroRun(groups)
    func join(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    guard gap.count >= 2 else { return join(groups[...]) }
    return join(groups[..<gap.lowerBound]) + "::" + join(groups[gap.upperBound...])
  }

  /// The first of the longest runs of zero groups; empty if there is none.
  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var i = 0
    while i < groups.count {
      var end = i
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - i > best.count { best = i..<end }
      i = max(end, i + 1)
    }
    return best
  }
}

/// The value of a hexadecimal digit of either case.
func hexDigit(_ c: UInt8) -> UInt8? {
  switch c {
  case 48...57: c - 48
  case 65...70: c - 55
  case 97...102: c - 87
  default: nil
  }
}
