import CNI

/// The part of `args` that `tuning` reads (CNI conventions).
struct TuningArguments: KeyedConfiguration {
  private(set) var cni = Convention()

  init() {}

  static let fields: [Field<TuningArguments>] = [
    Field("cni", .object, doc: "Settings that win over those of the configuration.", example: "{mtu: 1400}") { $0.cni = $1 }
  ]

  static let heading = ShapeHeading(
    id: "tuning-args", name: "args", doc: "Arguments for plugins. Each key names the convention that defines them.",
    isShared: true)

  /// `args.cni`.
  struct Convention: KeyedConfiguration {
    fileprivate(set) var link = LinkSettings()
    fileprivate(set) var sysctls = SysctlSettings()

    init() {}

    static let fields: [Field<Convention>] =
      [
        Field(
          "sysctl", .sysctls, doc: "Sysctls beside those of the configuration, over which they win.",
          example: "{net.ipv4.conf.IFNAME.arp_filter: \"1\"}"
        ) { $0.sysctls = $1 },
        Field(
          "mac", .mac, doc: "The interface's hardware address, which wins over `mac` of an attachment.",
          example: "\"02:00:00:00:00:01\""
        ) { $0.link.mac = $1 },
      ]
      + TuningConfiguration.settings.map { field in
        field.inside { (convention, read) throws(ConfigurationError) in try read(&convention.link) }
      }

    static let heading = ShapeHeading(
      id: "tuning-cniArgs", name: "args.cni", doc: "Settings that win over those of the configuration.", isShared: true)
  }
}
