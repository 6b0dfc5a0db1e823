import CNI

/// How fast packets may pass.
package struct RateLimit: Equatable, Sendable {
  /// In bits per second, at least 1.
  package let rate: UInt64
  /// How many bits may pass at once, 1 to 34359738359.
  package let burst: UInt64
  /// The key of the rate.
  let path: ConfigurationError.KeyPath

  /// What runtimes write where nobody has named a burst: the highest number of some type. kubelet: 2^31 - 1, containerd: 2^32 - 1,
  /// CRI-O: 2^35 - 9, the highest that the reference plugin takes.
  private static let unnamedBursts: [UInt64] = [0x7fff_ffff, 0xffff_ffff, 0x7_ffff_fff7]

  /// Whether somebody has chosen the burst.
  package var hasNamedBurst: Bool { !Self.unnamedBursts.contains(burst) }
}

/// The direction of traffic, as the Pod sees it.
package enum TrafficDirection: String, Sendable, CaseIterable { case ingress, egress }

/// The four keys of limits, which stand in the configuration itself or in `runtimeConfig.bandwidth`.
struct RateLimitKeys: ConfigurationPart {
  private var ingressRate: UInt64?
  private var ingressBurst: UInt64?
  private var egressRate: UInt64?
  private var egressBurst: UInt64?
  private var path = ConfigurationError.KeyPath()

  init() {}

  /// Whether none of the keys is there.
  var isEmpty: Bool { ingressRate == nil && ingressBurst == nil && egressRate == nil && egressBurst == nil }

  static let fields: [Field<RateLimitKeys>] = [
    Field(
      "ingressRate", .bits(0...Int.max),
      doc: "How fast the Pod may receive, in bits per second; 0 is no limit. Needs `ingressBurst`.", example: "100000000"
    ) { $0.ingressRate = $1 },
    Field(
      "ingressBurst", .bits(0...highestBurst),
      doc: "How many bits the Pod may receive at once, less than 2^35. Needs `ingressRate`.", example: "8000000"
    ) { $0.ingressBurst = $1 },
    Field(
      "egressRate", .bits(0...Int.max),
      doc: "How fast the Pod may send, in bits per second; 0 is no limit. Needs `egressBurst`.", example: "100000000"
    ) { $0.egressRate = $1 },
    Field(
      "egressBurst", .bits(0...highestBurst),
      doc: "How many bits the Pod may send at once, less than 2^35. Needs `egressRate`.", example: "8000000"
    ) { $0.egressBurst = $1 },
  ]

  /// The reference plugin counts a burst in bytes with 32 bits.
  private static let highestBurst = 0x7_ffff_fff7

  mutating func complete(at path: ConfigurationError.KeyPath) { self.path = path }

  /// The limit of a direction; nil for none. The texts are the reference plugin's.
  func limit(_ direction: TrafficDirection) throws(ConfigurationError) -> RateLimit? {
    let (rate, burst) = direction == .ingress ? (ingressRate ?? 0, ingressBurst ?? 0) : (egressRate ?? 0, egressBurst ?? 0)
    let rateKey = path.appending("\(direction.rawValue)Rate")
    let burstKey = path.appending("\(direction.rawValue)Burst")
    switch (rate, burst) {
    case (0, 0): return nil
    case (_, 0): throw .invalid(rateKey, reason: "if rate is set, burst must also be set")
    case (0, _): throw .invalid(burstKey, reason: "if burst is set, rate must also be set")
    case (_, ...UInt64(Self.highestBurst)): return RateLimit(rate: rate, burst: burst, path: rateKey)
    default: throw .invalid(burstKey, reason: "burst cannot be more than 4GB")
    }
  }
}

extension Codec where Value == UInt64 {
  /// A number of bits. The range is the table's; `RateLimitKeys` refuses what is beyond it, after it has looked at rate and burst together.
  fileprivate static func bits(_ range: ClosedRange<Int>) -> Codec {
    Codec(type: .integer(range)) { (json, path) throws(ConfigurationError) in
      try json.expected(json.uint64, "a whole number that is not negative", path)
    }
  }
}
