import JSON

extension Plugin {
  static let tuning = Plugin("tuning", .chained, capabilities: ["mac"], facts: TuningFacts.facts) { TuningKeys.shape }
}

/// The keys of the reference's `tuning`.
private enum TuningKeys {
  static let shape = Shape.plugin(
    id: "plugin-tuning", name: "tuning",
    doc: "Changes settings of the Pod's interface and sysctls of the Pod's network namespace.",
    keys: CommonKeys.with([
      Key(
        name: "sysctl", type: .map(keys: .value, .text(.value)),
        doc:
          "Sysctls and their values. The values are texts, so numbers need quotes. `IFNAME` in a name stands for the interface.",
        example: "{net.ipv4.conf.IFNAME.arp_filter: \"1\"}"),
      CommonKeys.mac.key,
      Key(
        name: "mtu", type: .integer(68...65535, orZero: true), doc: "The interface's MTU in bytes; 0 leaves it as it is.",
        example: "1400"),
      Key(name: "promisc", type: .boolean, doc: "Whether the interface is promiscuous. Default: false.", example: "true"),
      Key(
        name: "allmulti", type: .boolean, doc: "Whether the interface receives all multicast packets. Default: as it is.",
        example: "true"),
      Key(
        name: "txQLen", type: .integer(0...0xffff_ffff), doc: "How many packets the interface's queue holds. Default: as it is.",
        example: "1000"),
      Key(
        name: "dataDir", type: .text(.emptyOr(.absolutePath)),
        doc: "The directory of the former settings, which DEL restores. Default: `/run/cni/tuning`.", example: "/run/cni/tuning"),
    ]))
}

/// The facts of `tuning`, which stores the former settings so that DEL can restore them.
private enum TuningFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.mtu = configuration.mtu
    facts.stateDirectoryKey = "dataDir"
    return facts
  }
}
