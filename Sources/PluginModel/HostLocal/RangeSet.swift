import NetworkTypes

/// Ranges of one family. An attachment gets one address from each set.
package struct RangeSet: Hashable, Sendable, CustomStringConvertible {
  package let ranges: [AddressRange]

  /// Throws `RangeFailure` for an empty set, for two families and for ranges that overlap.
  package init(_ ranges: [AddressRange]) throws(RangeFailure) {
    guard let first = ranges.first else { throw RangeFailure(.empty) }
    guard ranges.allSatisfy({ $0.subnet.family == first.subnet.family }) else { throw RangeFailure(.mixedFamilies) }
    for (i, range) in ranges.enumerated() {
      for other in ranges[(i + 1)...] where range.overlaps(other) {
        throw RangeFailure(.overlap(range.description, other.description))
      }
    }
    self.ranges = ranges
  }

  package var family: AddressFamily { ranges[0].subnet.family }

  package func overlaps(_ other: RangeSet) -> Bool { ranges.contains { a in other.ranges.contains { a.overlaps($0) } } }

  package func range(of address: IPAddress) -> AddressRange? { ranges.first { $0.contains(address) } }

  /// How many addresses the set can give out, at most 2^128 - 1.
  package var capacity: UInt128 {
    ranges.reduce(0 as UInt128) { sum, range in
      let (next, overflow) = sum.addingReportingOverflow(range.capacity)
      return overflow ? .max : next
    }
  }

  /// All addresses but the gateways, starting after `last` and ending with `last` itself. If `last` is in no range, they start
  /// with the first range.
  package func candidates(after last: IPAddress?) -> Candidates { Candidates(ranges, after: last) }

  package var description: String { ranges.map(\.description).joined(separator: ",") }
}

/// Goes through every address of a set once, in round-robin order.
package struct Candidates: Sequence, IteratorProtocol {
  private let ranges: [AddressRange]
  private var index = 0
  private var upcoming: IPAddress
  private let first: IPAddress
  private var isDone = false

  init(_ ranges: [AddressRange], after last: IPAddress?) {
    self.ranges = ranges
    upcoming = ranges[0].first
    if let last, let i = ranges.firstIndex(where: { $0.contains(last) }) {
      (index, upcoming) = Self.step(ranges, i, last)
    }
    first = upcoming
  }

  package mutating func next() -> (address: IPAddress, range: AddressRange)? {
    while !isDone {
      let (address, range) = (upcoming, ranges[index])
      (index, upcoming) = Self.step(ranges, index, address)
      isDone = upcoming == first
      if address != range.gateway { return (address, range) }
    }
    return nil
  }

  private static func step(_ ranges: [AddressRange], _ index: Int, _ address: IPAddress) -> (Int, IPAddress) {
    if address != ranges[index].last, let following = address.advanced(by: 1) { return (index, following) }
    let following = (index + 1) % ranges.count
    return (following, ranges[following].first)
  }
}
