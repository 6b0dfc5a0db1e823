import CNI
import NetworkTypes

/// The keys of `static`, which stand under `ipam`.
struct StaticKeys: KeyedConfiguration {
  private(set) var addresses: [CNIResult.IP] = []
  private(set) var routes: [CNIResult.Route] = []
  private(set) var dns = CNIResult.DNS()

  init() {}

  static let fields: [Field<StaticKeys>] = [
    .unread(CommonKeys.ipamType),
    Field(
      "addresses", .list(of: Codec<AddressKeys>.object), doc: "The addresses. `ips` of an attachment replace them.",
      example: "[{address: 10.1.2.3/16, gateway: 10.1.0.1}]"
    ) { $0.addresses = $1.compactMap(\.ip) },
    Field(CommonKeys.routes) { $0.routes = $1.compactMap(\.route) },
    Field(CommonKeys.dns) { $0.dns = $1.dns },
    .unread(CommonKeys.ipamName),
  ]

  static let heading = ShapeHeading(
    id: "plugin-static", name: "static", doc: "Gives the addresses of its own configuration to every Pod that gets the network.")

  static let shape = shapeOfFields
}

/// One entry of `addresses`.
struct AddressKeys: KeyedConfiguration {
  private var address: CIDR?
  private var gateway: IPAddress?

  init() {}

  /// Nil without an address, which cannot happen after reading: `complete` refuses it.
  var ip: CNIResult.IP? { address.map { .init(address: $0, gateway: gateway) } }

  static let fields: [Field<AddressKeys>] = [
    Field(
      "address", .cidr { notCIDR($0) }, need: .requiredByReader, doc: "The address with its prefix length.",
      example: "10.1.2.3/16"
    ) { $0.address = $1 },
    Field("gateway", .address, doc: "The gateway of its subnet.", example: "10.1.0.1") { $0.gateway = $1 },
  ]

  static let heading = ShapeHeading(id: "address", name: "an address", doc: "One address of the interface.")

  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    if address == nil { throw .invalid(path.appending("address"), reason: Self.notCIDR("")) }
  }

  private static func notCIDR(_ text: String) -> String {
    "the 'address' field is expected to be in CIDR notation, got: '\(text)'"
  }
}
