import CNI

/// The key `dns` of a configuration.
package struct DNSConfiguration: KeyedConfiguration {
  package private(set) var dns = CNIResult.DNS()
  /// Whether `dns` has a domain or any list, even an empty one.
  package private(set) var isGiven = false

  package init() {}

  package static let fields: [Field<DNSConfiguration>] = [
    Field("nameservers", .list(of: .text), doc: "Addresses of name servers.", example: "[10.1.0.10]") {
      ($0.dns.nameservers, $0.isGiven) = ($1, true)
    },
    Field("domain", .text, doc: "The local domain.", example: "example.com") {
      $0.dns.domain = $1
      if !$1.isEmpty { $0.isGiven = true }
    },
    Field("search", .list(of: .text), doc: "Domains that the resolver appends to short names.", example: "[example.com]") {
      ($0.dns.search, $0.isGiven) = ($1, true)
    },
    Field("options", .list(of: .text), doc: "Options of the resolver.", example: "[\"ndots:5\"]") {
      ($0.dns.options, $0.isGiven) = ($1, true)
    },
  ]

  package static let heading = ShapeHeading(
    id: "dns", name: "a dns", doc: "The name resolution that the result reports to the runtime. Braid does not check the values.")
}
