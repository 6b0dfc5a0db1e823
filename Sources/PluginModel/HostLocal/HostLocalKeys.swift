import CNI
import NetworkTypes

/// The keys of `host-local`, which stand under `ipam`.
struct HostLocalKeys: KeyedConfiguration {
  private(set) var ranges: [[RangeKeys]] = []
  private(set) var routes: [CNIResult.Route] = []
  private(set) var dataDir = "/var/lib/cni/networks"
  private(set) var resolvConf: String?
  /// The range of the old form, whose keys stand beside `ranges` instead of in it.
  private var single = RangeKeys()
  private var hasSingle = false

  init() {}

  /// The range of the old form. Nil without `subnet`: its other keys then have no effect.
  var oldForm: RangeKeys? { hasSingle ? single : nil }

  static let fields: [Field<HostLocalKeys>] =
    [
      .unread(CommonKeys.ipamType),
      Field(
        "ranges", .list(of: .list(of: .object, atLeast: 1)),
        doc:
          "A list of lists of ranges. The interface gets one address from each inner list. Two inner lists, one of IPv4 and one of IPv6, "
          + "make it dual stack.", example: "[[{subnet: 10.1.0.0/16}]]"
      ) { $0.ranges = $1 },
      Field(CommonKeys.routes) { $0.routes = $1.compactMap(\.route) },
      Field(
        "dataDir", .absolutePath,
        doc: "The directory of the reservations; each network has a subdirectory of its name. Default: `/var/lib/cni/networks`.",
        example: "/var/lib/cni/networks"
      ) { $0.dataDir = $1 },
      Field(
        "resolvConf", .text, doc: "A file in the format of `/etc/resolv.conf`, which becomes the result's `dns`.",
        example: "/etc/resolv.conf"
      ) { $0.resolvConf = $1.isEmpty ? nil : $1 },
    ] + ofOldForm + [.unread(CommonKeys.ipamName)]

  private static let ofOldForm: [Field<HostLocalKeys>] = [
    Field(
      "subnet", .subnet, doc: "The subnet of a single range, in the old form that has no `ranges`.", example: "10.2.0.0/16"
    ) { ($0.single.subnet, $0.hasSingle) = ($1, true) },
    Field("rangeStart", .address, doc: "The first address that is given out from `subnet` here.", example: "10.2.0.10") {
      $0.single.start = $1
    },
    Field("rangeEnd", .address, doc: "The last address that is given out from `subnet` here.", example: "10.2.0.99") {
      $0.single.end = $1
    },
    Field("gateway", .address, doc: "The gateway of `subnet` here.", example: "10.2.0.1") { $0.single.gateway = $1 },
  ]

  static let heading = ShapeHeading(
    id: "plugin-host-local", name: "host-local",
    doc: "Gives each interface an address from ranges that the node manages by itself.")

  static let shape = shapeOfFields
}

/// One range of `ranges`.
struct RangeKeys: KeyedConfiguration {
  fileprivate(set) var subnet: CIDR?
  fileprivate(set) var start: IPAddress?
  fileprivate(set) var end: IPAddress?
  fileprivate(set) var gateway: IPAddress?

  init() {}

  static let fields: [Field<RangeKeys>] = [
    Field(
      "subnet", .subnet, need: .requiredByReader, doc: "The subnet with its prefix length, without host bits.",
      example: "10.1.0.0/16"
    ) { $0.subnet = $1 },
    Field(
      "rangeStart", .address, doc: "The first address that is given out. Default: the subnet's second.", example: "10.1.0.10"
    ) { $0.start = $1 },
    Field(
      "rangeEnd", .address,
      doc: "The last address that is given out. Default: the subnet's last, or for IPv4 the one before the broadcast address.",
      example: "10.1.0.99"
    ) { $0.end = $1 },
    Field(
      "gateway", .address, doc: "The gateway, whose address is never given out. Default: the subnet's second address.",
      example: "10.1.0.1"
    ) { $0.gateway = $1 },
  ]

  static let heading = ShapeHeading(id: "range", name: "a range", doc: "Consecutive addresses of one subnet.")
}
