import CNI
import NetworkTypes

/// Consecutive addresses of one subnet that may be given out.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  package let subnet: CIDR
  package let first: IPAddress
  package let last: IPAddress
  /// Never given out.
  package let gateway: IPAddress

  /// Completes and checks what a configuration says: from the first host to the last, without network and broadcast address.
  package init(subnet: CIDR, start: IPAddress? = nil, end: IPAddress? = nil, gateway: IPAddress? = nil) throws(RangeFailure) {
    guard subnet.family.bits - subnet.prefixLength >= 2 else { throw RangeFailure(.tooSmall(subnet)) }
    guard subnet.network == subnet else { throw RangeFailure(.hostBits(subnet)) }
    self.subnet = subnet
    let one = IPAddress(family: subnet.family, value: subnet.address.value + 1)
    self.gateway = gateway ?? one
    if let start, !subnet.contains(start) { throw RangeFailure(.startOutside(start, subnet)) }
    if let end, !subnet.contains(end) { throw RangeFailure(.endOutside(end, subnet)) }
    first = start ?? one
    let highest = subnet.family == .ipv4 ? IPAddress(family: .ipv4, value: subnet.last.value - 1) : subnet.last
    last = end ?? highest
    guard first <= last else { throw RangeFailure(.reversed(first, last, subnet)) }
  }

  package func contains(_ address: IPAddress) -> Bool { address.family == first.family && first <= address && address <= last }

  func overlaps(_ other: AddressRange) -> Bool {
    first.family == other.first.family && (contains(other.first) || contains(other.last) || other.contains(first))
  }

  package var description: String { "\(first)-\(last)" }
}

/// A `RangeProblem` on its way to the error that says which set it is in.
package struct RangeFailure: Error {
  let problem: RangeProblem
  init(_ problem: RangeProblem) { self.problem = problem }
}

/// Ranges of one family, of which an attachment gets one address.
package struct RangeSet: Sendable, CustomStringConvertible {
  package let ranges: [AddressRange]

  init(_ ranges: [AddressRange]) throws(RangeFailure) {
    guard let first = ranges.first else { throw RangeFailure(.empty) }
    for (i, range) in ranges.enumerated() {
      guard range.subnet.family == first.subnet.family else { throw RangeFailure(.mixedFamilies) }
      for other in ranges[..<i] where range.overlaps(other) { throw RangeFailure(.overlap(other.description, range.description)) }
    }
    self.ranges = ranges
  }

  var family: AddressFamily { ranges[0].subnet.family }

  func overlaps(_ other: RangeSet) -> Bool { ranges.contains { a in other.ranges.contains { a.overlaps($0) } } }

  func range(of address: IPAddress) -> AddressRange? { ranges.first { $0.contains(address) } }

  /// The addresses from the one after `last` round to `last` itself, without gateways; from the start if `last` is in no range.
  func candidates(after last: IPAddress?) -> some Sequence<(IPAddress, AddressRange)> {
    let start = last.flatMap { last in ranges.firstIndex { $0.contains(last) }.map { ($0, last) } }
    var (index, next) = start.map { ($0.0, $0.1.advanced(by: 1)) } ?? (0, Optional(ranges[0].first))
    let end = start?.1
    var isDone = false
    var seenFirst: IPAddress?
    return AnySequence {
      AnyIterator { () -> (IPAddress, AddressRange)? in
        while !isDone {
          guard let address = next, ranges[index].contains(address) else {
            index = (index + 1) % ranges.count
            next = ranges[index].first
            continue
          }
          if seenFirst == address {
            isDone = true
            break
          }
          if seenFirst == nil { seenFirst = address }
          if address == end { isDone = true }
          next = address.advanced(by: 1)
          if address != ranges[index].gateway { return (address, ranges[index]) }
        }
        return nil
      }
    }
  }

  package var description: String { ranges.map(\.description).joined(separator: ",") }
}
