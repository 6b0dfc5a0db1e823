extension Plugin {
  static let bandwidth = Plugin("bandwidth", .chained, capabilities: ["bandwidth"]) { BandwidthKeys.shape }
}

/// The keys of the reference's `bandwidth`.
private enum BandwidthKeys {
  static let shape = Shape.plugin(
    id: "plugin-bandwidth", name: "bandwidth",
    doc: "Limits the Pod's traffic. These keys win over `bandwidth` of an attachment.",
    keys: CommonKeys.with([
      rate("ingressRate", "How fast the Pod may receive, in bits per second; 0 is no limit. Needs `ingressBurst`."),
      burst("ingressBurst", "How many bits the Pod may receive at once, less than 2^35. Needs `ingressRate`."),
      rate("egressRate", "How fast the Pod may send, in bits per second; 0 is no limit. Needs `egressBurst`."),
      burst("egressBurst", "How many bits the Pod may send at once, less than 2^35. Needs `egressRate`."),
      subnets("shapedSubnets", "The limits apply to these subnets only. Not with `unshapedSubnets`. Default: all."),
      subnets("unshapedSubnets", "The limits do not apply to these subnets. Not with `shapedSubnets`. Default: none."),
    ]),
    relations: [
      .needs("ingressRate", "ingressBurst"), .needs("ingressBurst", "ingressRate"), .needs("egressRate", "egressBurst"),
      .needs("egressBurst", "egressRate"), .excludes("shapedSubnets", "unshapedSubnets"),
    ])

  private static func rate(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .integer(0...Int.max), doc: doc, example: "100000000")
  }

  /// Less than 2^35 bits, because the kernel counts a burst in bytes with 32 bits.
  private static func burst(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .integer(0...0x7_ffff_fff7), doc: doc, example: "8000000")
  }

  private static func subnets(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .list(.text(.cidr), atLeast: 0), doc: doc, example: "[10.0.0.0/8]")
  }
}
