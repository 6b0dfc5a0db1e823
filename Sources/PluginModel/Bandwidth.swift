extension Plugin {
  static let bandwidth = Plugin("bandwidth", .chained, capabilities: ["bandwidth"]) { BandwidthKeys.shape }
}

/// The keys of the reference's `bandwidth`.
private enum BandwidthKeys {
  static let shape = Shape.plugin(
    id: "plugin-bandwidth", name: "bandwidth",
    doc: "Limits of the Pod's traffic. What stands here wins over `bandwidth` of an attachment.",
    keys: CommonKeys.with([
      rate("ingressRate", "What comes into the Pod, in bits per second; 0 is no limit. Needs `ingressBurst`."),
      burst("ingressBurst", "How many bits may come at once, less than 2^35. Needs `ingressRate`."),
      rate("egressRate", "What leaves the Pod, in bits per second; 0 is no limit. Needs `egressBurst`."),
      burst("egressBurst", "How many bits may leave at once, less than 2^35. Needs `egressRate`."),
      subnets("shapedSubnets", "The subnets that the limits are for. Not with `unshapedSubnets`. Default: all."),
      subnets("unshapedSubnets", "The subnets that the limits are not for. Not with `shapedSubnets`. Default: none."),
    ]))

  private static func rate(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .integer(0...Int.max), doc: doc, example: "100000000")
  }

  /// The kernel counts it in bytes, in 32 bits.
  private static func burst(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .integer(0...0x7_ffff_fff7), doc: doc, example: "8000000")
  }

  private static func subnets(_ name: String, _ doc: String) -> Key {
    Key(name: name, type: .list(.text(.cidr), atLeast: 0), doc: doc, example: "[10.0.0.0/8]")
  }
}
