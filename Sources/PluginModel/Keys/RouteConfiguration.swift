import CNI
import NetworkTypes

/// One entry of an IPAM plugin's `routes`.
package struct RouteConfiguration: KeyedConfiguration {
  private var dst: CIDR?
  private var gw: IPAddress?
  private var mtu: Int?
  private var advmss: Int?
  private var priority: Int?
  private var table: Int?
  private var scope: Int?

  package init() {}

  /// Nil without a destination, which cannot happen after reading: `dst` is required.
  var route: CNIResult.Route? {
    dst.map { .init(dst: $0, gw: gw, mtu: mtu, advmss: advmss, priority: priority, table: table, scope: scope) }
  }

  package static let fields: [Field<RouteConfiguration>] = [
    Field("dst", .cidr, need: .required, doc: "The destination.", example: "192.0.2.0/24") { $0.dst = $1 },
    Field("gw", .address, doc: "The next hop. Default: the gateway of the addresses.", example: "10.1.0.1") { $0.gw = $1 },
    Field("mtu", number, doc: "The MTU along the path, in bytes; 0 leaves it to the kernel.", example: "1400") {
      $0.mtu = given($1)
    },
    Field("advmss", number, doc: "The segment size that TCP advertises, in bytes; 0 leaves it to the kernel.", example: "1360") {
      $0.advmss = given($1)
    },
    Field("priority", number, doc: "The metric. The route with the lowest wins; 0 leaves it to the kernel.", example: "100") {
      $0.priority = given($1)
    },
    Field("table", number, doc: "The routing table. Default: the main one.", example: "100") { $0.table = $1 },
    Field(
      "scope", .integer(0...255), doc: "The scope as the kernel's number: 0 global, 253 link, 254 host.", example: "253"
    ) { $0.scope = $1 },
  ]

  private static let number = Codec<Int>.integer(0...0xffff_ffff)

  /// Go programs write an absent number as 0.
  private static func given(_ number: Int) -> Int? { number == 0 ? nil : number }

  package static let heading = ShapeHeading(id: "route", name: "a route", doc: "One route of the Pod.")
}
