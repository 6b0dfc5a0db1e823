import CNI
import JSON
import NetworkTypes

extension Plugin {
  static let tuning = Plugin(
    .tuning, .chained, capabilities: ["mac"],
    facts: TuningFacts.facts, validate: TuningConfiguration.validate, review: TuningConfiguration.review,
    table: { TuningConfiguration.shape })
}

/// The configuration of the `tuning` plugin, with the reference plugin's names and defaults.
package struct TuningConfiguration: ChainedConfiguration {
  package static let defaultDataDirectory = "/run/cni/tuning"

  /// In the order of the configuration; those of `args.cni` replace the ones of the same sysctl.
  package private(set) var sysctls = SysctlSettings()
  /// The settings of the plugin's own keys.
  private var own = LinkSettings()
  /// `args.cni`.
  private var conventional = LinkSettings()
  /// `runtimeConfig.mac`.
  private var runtimeMAC: MACAddress?
  /// Where the link's former settings are kept.
  package private(set) var dataDirectory = TuningConfiguration.defaultDataDirectory

  package init() {}

  package static let fields: [Field<TuningConfiguration>] =
    [
      Field(
        "sysctl", .sysctls,
        doc:
          "Sysctls of the Pod's network namespace and their values. The values are texts, so numbers need quotes. `IFNAME` in a name stands "
          + "for the interface. Sysctls that the kernel has once for the whole node are refused.",
        example: "{net.ipv4.conf.IFNAME.arp_filter: \"1\"}"
      ) { $0.sysctls = $1 },
      Field(CommonKeys.mac) { $0.own.mac = $1 },
    ] + settings.map { field in field.inside { (tuning, read) throws(ConfigurationError) in try read(&tuning.own) } } + [
      dataDirectoryKey,
      Field(
        "args", .object, doc: "Arguments for plugins (CNI conventions). Braid merges an attachment's `args` into `args.cni`.",
        example: "{cni: {mtu: 1400}}"
      ) { (tuning: inout TuningConfiguration, arguments: TuningArguments) in
        tuning.conventional = arguments.cni.link
        tuning.sysctls.merge(arguments.cni.sysctls)
      },
      .ofRuntime("runtimeConfig", .part(InterfaceRuntimeConfiguration.self)) { $0.runtimeMAC = $1.mac },
    ]

  /// The keys that `args.cni` has too, beside `mac` and `sysctl`.
  static let settings: [Field<LinkSettings>] = [
    Field("mtu", .mtu, doc: "The interface's MTU in bytes; 0 leaves it as it is.", example: "1400") { $0.mtu = $1 },
    Field(
      "promisc", .flag, doc: "Whether the interface is promiscuous; `false` leaves it as it is. Default: false.", example: "true"
    ) { $0.isPromiscuous = $1 ? true : nil },
    Field(
      "allmulti", .flag, doc: "Whether the interface receives all multicast packets. Default: as it is.", example: "true"
    ) { $0.receivesAllMulticast = $1 },
    Field(
      "txQLen", .integer(0...0x7fff_ffff), doc: "How many packets the interface's queue holds. Default: as it is.",
      example: "1000"
    ) { $0.queueLength = $1 },
  ]

  private static let dataDirectoryKey = Field<TuningConfiguration>(
    "dataDir", .absolutePath,
    doc: "The directory of the link's former settings, which DEL restores. Default: `\(defaultDataDirectory)`.",
    example: defaultDataDirectory
  ) { $0.dataDirectory = $1 }

  /// The data directory, read alone. Anything that no ADD would have accepted counts as the default.
  package static func dataDirectory(_ reader: ConfigurationReader) -> String {
    var configuration = TuningConfiguration()
    try? dataDirectoryKey.read(reader, &configuration)
    return configuration.dataDirectory
  }

  /// The settings of the link, each from the source that wins. For the hardware address these are, from the weakest to the strongest: the
  /// configuration, CNI_ARGS, `runtimeConfig`, `args.cni`.
  ///
  /// Throws for unknown keys of CNI_ARGS, unless IgnoreUnknown is set there.
  package func link(_ arguments: CNIArguments) throws(ProtocolError) -> LinkSettings {
    var link = own
    let argument = try arguments.macAddress()
    link.mac = runtimeMAC ?? argument ?? link.mac
    link.merge(conventional)
    return link
  }

  package func review(_ call: PlannedCall) throws(PluginConfigurationError) {
    do { _ = try link(call.args) } catch { throw .protocol(error) }
  }

  package static let heading = ShapeHeading(
    id: "plugin-tuning", name: "tuning",
    doc:
      "Changes settings of the Pod's interface and sysctls of the Pod's network namespace. DEL restores the interface's settings. It leaves "
      + "the sysctls, which end with the namespace. `args.cni` may have all keys but `dataDir`, and wins.",
    isOfChain: true)

  package static let shape = shapeOfFields
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
