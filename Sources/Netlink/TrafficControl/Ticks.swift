/// The time that traffic control counts buckets in: units of 64 nanoseconds, in 32 bits (`psched` of the kernel, /proc/net/psched).
package struct Ticks: Hashable, Sendable, Comparable {
  package let count: UInt32

  /// 274.9 seconds.
  package static let max = Ticks(count: .max)

  init(count: UInt32) { self.count = count }

  /// Rounds down, as tc(8) does. A longer time becomes `max`.
  package init(microseconds: UInt64) {
    // 1000 / 64 = 125 / 8
    let (scaled, overflow) = microseconds.multipliedReportingOverflow(by: 125)
    count = overflow ? .max : UInt32(clamping: scaled / 8)
  }

  /// The shortest time in which so many bytes pass at a rate of bytes per second. A longer time than `max` becomes `max`.
  package init(bytes: UInt64, rate: UInt64) {
    // bytes * 10^9 / 64 / rate, rounded up
    let product = bytes.multipliedFullWidth(by: 15_625_000)
    guard rate > product.high else {
      count = .max
      return
    }
    let (quotient, remainder) = rate.dividingFullWidth(product)
    count = UInt32(clamping: remainder == 0 ? quotient : quotient.addingReportingOverflow(1).partialValue)
  }

  package static func < (a: Ticks, b: Ticks) -> Bool { a.count < b.count }
}
