import PluginModel
import NetworkTypes
import Testing

/// Compares the arithmetic of ranges with counting one by one.
@Suite struct RangeTests {
  /// Small ranges anywhere, also at the ends of the address families.
  private func randomRange(_ family: AddressFamily, _ random: inout SystemRandomNumberGenerator) throws -> AddressRange? {
    let length = family.bits - Int.random(in: 2...5, using: &random)
    let top = (family == .ipv4 ? UInt128(UInt32.max) : .max)
    let value = [0, top, UInt128.random(in: 0...top, using: &random), 64].randomElement(using: &random)!
    let subnet = try CIDR(IPAddress(family: family, value: value), prefixLength: length).network
    func some() -> IPAddress {
      IPAddress(family: family, value: subnet.address.value + UInt128.random(in: 0...subnet.hostMask, using: &random))
    }
    let start = Bool.random(using: &random) ? some() : nil
    let end = Bool.random(using: &random) ? some() : nil
    return try? AddressRange(subnet: subnet, start: start, end: end, gateway: Bool.random(using: &random) ? some() : nil)
  }

  private func addresses(_ range: AddressRange) -> [IPAddress] {
    var found: [IPAddress] = []
    var next: IPAddress? = range.first
    while let address = next, address <= range.last {
      found.append(address)
      next = address.advanced(by: 1)
    }
    return found
  }

  @Test func everyAddressComesOnceAndTheLastOneLast() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      let family = AddressFamily.allCases.randomElement(using: &random)!
      var ranges: [AddressRange] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        if let range = try randomRange(family, &random), !ranges.contains(where: range.overlaps) { ranges.append(range) }
      }
      guard let set = try? RangeSet(ranges) else { continue }
      let all = ranges.flatMap { range in addresses(range).filter { $0 != range.gateway } }
      let last = ranges.flatMap(addresses).randomElement(using: &random)
      for start in [nil, last] {
        let seen = Array(set.candidates(after: start)).map(\.address)
        #expect(seen.count == all.count && Set(seen) == Set(all), "\(set) after \(String(describing: start))")
        if let start, all.contains(start) { #expect(seen.last == start) } else if start == nil { #expect(seen == all) }
      }
      #expect(set.capacity == UInt128(all.count))
      #expect(set.candidates(after: last).allSatisfy { $0.range.contains($0.address) })
    }
  }

  @Test func overlapIsWhatCountingSays() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      guard let a = try randomRange(.ipv4, &random), let b = try randomRange(.ipv4, &random) else { continue }
      let counted = !Set(addresses(a)).isDisjoint(with: addresses(b))
      #expect(a.overlaps(b) == counted && b.overlaps(a) == counted)
    }
  }

  @Test func hugeOnesAreNotCounted() throws {
    let all = try AddressRange(subnet: CIDR("::/0"))
    #expect(all.capacity == .max - 1 && all.description == "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    let set = try RangeSet([AddressRange(subnet: CIDR("fd00::/64"))])
    #expect(Array(set.candidates(after: nil).prefix(2)).map(\.address.description) == ["fd00::2", "fd00::3"])
    #expect(
      Array(set.candidates(after: try IPAddress("fd00::ffff:ffff:ffff:ffff")).prefix(1)).map(\.address.description) == ["fd00::2"]
    )
  }

  @Test(arguments: [
    ("10.0.0.0/24", nil, nil, "10.0.0.1-10.0.0.254"), ("10.0.0.0/30", nil, nil, "10.0.0.1-10.0.0.2"),
    ("10.0.0.0/24", "10.0.0.0", "10.0.0.255", "10.0.0.0-10.0.0.255"), ("fd00::/126", nil, nil, "fd00::1-fd00::3"),
    ("255.255.255.252/30", nil, nil, "255.255.255.253-255.255.255.254"),
  ])
  func defaults(_ subnet: String, _ start: String?, _ end: String?, _ expected: String) throws {
    let range = try AddressRange(
      subnet: CIDR(subnet), start: start.map { try IPAddress($0) }, end: end.map { try IPAddress($0) })
    #expect(range.description == expected)
  }
}
