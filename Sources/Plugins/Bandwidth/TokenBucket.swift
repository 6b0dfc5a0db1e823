import Netlink
import PluginModel

/// A limit as the kernel counts it: in bytes, and in the time that bytes take.
///
/// All numbers saturate: a burst that the kernel cannot count becomes the longest that it can, 274.9 seconds of the rate. Only one packet may
/// need more.
package struct TokenBucket: Equatable, Sendable {
  /// In bytes per second.
  package let rate: UInt64
  /// The time in which the empty bucket fills.
  package let buffer: Ticks
  /// The bucket in bytes, where the kernel's time would be too short for a packet. See `TBF.burst`.
  package let burst: UInt32?
  /// How many bytes may wait.
  package let limit: UInt32

  /// `mtu` is the link's, in bytes.
  ///
  /// - Bucket: the burst. If nobody has named one (`RateLimit.hasNamedBurst`), 25 ms of the rate. At least one packet: a bucket that is
  ///   smaller lets none pass.
  /// - Queue: the burst and 25 ms of the rate, as with the reference plugin. If nobody has named a burst, 100 ms of the rate, because a TCP
  ///   connection over a long path is slow with less. At least `leastQueue`.
  package init(_ limit: RateLimit, mtu: Int) {
    rate = max(1, limit.rate / 8)
    let packet = UInt64(clamping: mtu) + Self.header
    let part = rate / 40
    let (bytes, queue): (UInt64, UInt64) =
      if limit.hasNamedBurst {
        (limit.burst / 8, (limit.burst / 8).addingReportingOverflow(part).partialValue)
      } else { (max(part, 2 * packet), part.multipliedReportingOverflow(by: 4).partialValue) }
    let least = Ticks(bytes: packet, rate: rate)
    if least > TBF.longestTime {
      let whole = UInt32(clamping: max(bytes, packet))
      (burst, buffer) = (whole, TBF.buffer(ofBurst: whole, rate: rate))
    } else {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: 1_000_000)
      // In whole microseconds, as the reference plugin counts, so each of the two accepts the other's bucket at CHECK.
      (burst, buffer) = (nil, max(Ticks(microseconds: overflow ? .max : product / rate), least))
    }
    self.limit = UInt32(clamping: max(queue, Self.leastQueue))
  }

  package var tbf: TBF { TBF(rate: rate, buffer: buffer, limit: limit, burst: burst) }

  /// An Ethernet header with two VLAN tags, in bytes.
  private static let header: UInt64 = 22

  /// Room for one packet of 64 KiB, which the kernel cuts into smaller ones, each with a header of its own, before it queues them.
  static let leastQueue: UInt64 = 72_000
}
