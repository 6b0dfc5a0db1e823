import CNI
import JSON
import Netlink
import PluginModel
import Plugins
import Testing

/// The kernel's numbers for a limit.
@Suite struct TokenBucketTests {
  private func bucket(_ rate: UInt64, _ burst: UInt64, mtu: Int = 1500) throws -> TokenBucket {
    let text = #"{"name": "n", "cniVersion": "1.0.0", "type": "bandwidth", "ingressRate": \#(rate), "ingressBurst": \#(burst)}"#
    let configuration = try BandwidthConfiguration(PluginConfiguration(#require(JSON(parsing: text).object)))
    return TokenBucket(try #require(configuration.ingress), mtu: mtu)
  }

  /// The reference plugin's numbers: the time in whole microseconds, and 25 ms more in the queue. One tick is 64 ns.
  @Test(
    arguments: [
      (8_000_000, 8_000_000, 1_000_000, 15_625_000, 1_025_000), (1_000_000, 800_000, 125_000, 12_500_000, 103_125),
      (1_000_000_000, 80_000_000, 125_000_000, 1_250_000, 13_125_000), (80_000_000, 7_999_999, 10_000_000, 1_562_484, 1_249_999),
    ] as [(UInt64, UInt64, UInt64, UInt32, UInt32)])
  func asTheReferencePluginCounts(_ rate: UInt64, _ burst: UInt64, _ bytes: UInt64, _ ticks: UInt32, _ limit: UInt32) throws {
    let bucket = try bucket(rate, burst)
    #expect(bucket.rate == bytes && bucket.buffer.count == ticks && bucket.limit == limit)
  }

  /// Runtimes write such bursts where nobody has named one. The bucket holds 25 ms of the rate, the queue 100 ms.
  @Test(arguments: [2_147_483_647, 4_294_967_295, 34_359_738_359] as [UInt64])
  func burstsThatNobodyHasNamed(_ burst: UInt64) throws {
    let fast = try bucket(1_000_000_000, burst)
    #expect(fast.rate == 125_000_000 && fast.buffer == Ticks(microseconds: 25_000) && fast.limit == 12_500_000)
    // At least two packets, and room for what the kernel cuts one large packet into.
    let slow = try bucket(1_000_000, burst)
    #expect(slow.buffer == Ticks(microseconds: 25_000) && slow.limit == 72_000)
    let slower = try bucket(100_000, burst)
    #expect(slower.buffer == Ticks(microseconds: 243_520) && slower.limit == 72_000)
  }

  /// A bucket that is smaller than a packet lets none pass, whatever somebody has named.
  @Test(arguments: [68, 576, 1500, 9000, 65535])
  func theBucketHoldsAPacket(_ mtu: Int) throws {
    let rates: [UInt64] = [1, 7, 8, 64, 1000, 8000, 1_000_000, 1_000_000_000, 10_000_000_000, 400_000_000_000]
    for rate in rates {
      for burst in [1, 8, 80, 8000] as [UInt64] {
        let bucket = try bucket(rate, burst, mtu: mtu)
        // The kernel computes the size of the largest packet from the time, at most 4.29 s of it, and rounds it down.
        let time = min(UInt64(bucket.buffer.count) * 64, UInt64(UInt32.max))
        let size = bucket.burst.map { UInt64($0) } ?? time * bucket.rate / 1_000_000_000
        #expect(size >= UInt64(mtu) + 22, "\(rate) \(burst) \(size)")
        #expect(bucket.limit >= 72_000)
      }
    }
  }

  /// What does not fit becomes the most that fits: nothing wraps.
  @Test func saturation() throws {
    // 500 MB at 125 kB/s take 4000 s.
    let slow = try bucket(1_000_000, 4_000_000_000)
    #expect(slow.rate == 125_000 && slow.buffer == .max && slow.limit == 500_003_125)
    // One packet takes 1522 s, which the kernel counts, but shows in 32 bits.
    let slowest = try bucket(1, 8)
    #expect(slowest.rate == 1 && slowest.burst == 1522 && slowest.buffer.count == 2_306_413_520)
    #expect(try bucket(1, 34_359_738_358).burst == 4_294_967_294)
    let fastest = try bucket(.max, 34_359_738_358)
    #expect(fastest.rate == .max / 8 && fastest.limit == .max && fastest.buffer.count >= 1)
    #expect(try bucket(.max, 4_294_967_295).limit == .max)
    #expect(try bucket(40_000_000_000, 34_359_738_358).limit == .max)
  }
}
