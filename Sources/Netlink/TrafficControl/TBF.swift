import CLinux

/// A token bucket filter: it lets packets pass at a rate (tc-tbf(8)).
package struct TBF: Equatable, Sendable {
  static let kind = "tbf"

  /// In bytes per second.
  package var rate: UInt64
  /// The time in which the empty bucket fills. A packet that needs more never passes, nor does one that needs more than `longestTime`.
  package var buffer: Ticks
  /// The bucket's size in bytes, in place of the time, for packets that need more than `longestTime`. The kernel does not tell it; it tells the
  /// time that follows from it (`buffer(ofBurst:rate:)`).
  package var burst: UInt32?
  /// How many bytes may wait for tokens. What comes then is dropped.
  package var limit: UInt32

  /// What the kernel compares packets with if the bucket is given as a time: 4.29 seconds (net/sched/sch_tbf.c).
  package static let longestTime = Ticks(count: 0xffff_ffff >> 6)

  package init(rate: UInt64, buffer: Ticks, limit: UInt32, burst: UInt32? = nil) {
    (self.rate, self.buffer, self.limit, self.burst) = (rate, buffer, limit, burst)
  }

  /// The time that the kernel computes for a bucket of so many bytes, and tells in 32 bits, whatever it is (psched_ratecfg_precompute).
  package static func buffer(ofBurst bytes: UInt32, rate: UInt64) -> Ticks {
    var (factor, shift) = (1_000_000_000 as UInt64, 0 as UInt64)
    var multiplier = UInt32(truncatingIfNeeded: factor / max(rate, 1))
    while multiplier & 1 << 31 == 0, factor & 1 << 63 == 0 {
      factor <<= 1
      shift += 1
      multiplier = UInt32(truncatingIfNeeded: factor / max(rate, 1))
    }
    let nanoseconds = (UInt64(bytes) &* UInt64(multiplier)) >> shift
    return Ticks(count: UInt32(truncatingIfNeeded: nanoseconds >> 6))
  }

  /// `options` are the qdisc's TCA_OPTIONS.
  init(_ options: Attributes) throws(MalformedReply) {
    let parameters = try options.structure(TrafficControlAttribute.TBF.parameters, tc_tbf_qopt.self)
    rate = try options.number(TrafficControlAttribute.TBF.rate64) ?? UInt64(parameters.rate.rate)
    (buffer, limit, burst) = (Ticks(count: parameters.buffer), parameters.limit, nil)
  }

  func write(_ options: inout MessageWriter) {
    var parameters = tc_tbf_qopt()
    parameters.rate = tc_ratespec(rate)
    (parameters.buffer, parameters.limit) = (buffer.count, limit)
    options.attribute(TrafficControlAttribute.TBF.parameters, structure: parameters)
    if let burst { options.attribute(TrafficControlAttribute.TBF.burst, burst) }
    if rate > UInt32.max { options.attribute(TrafficControlAttribute.TBF.rate64, rate) }
  }
}

extension tc_ratespec {
  /// A rate in bytes per second on Ethernet. One that 32 bits cannot hold needs an attribute of its own.
  init(_ rate: UInt64) {
    self.init()
    self.rate = UInt32(clamping: rate)
    // Without a link layer the kernel guesses it from a table, which we do not send.
    linklayer = UInt8(TC_LINKLAYER_ETHERNET.rawValue)
  }
}
