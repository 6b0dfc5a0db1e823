import CNI

/// A `dns` of a configuration.
package struct DNSConfiguration: KeyedConfiguration {
  package private(set) var dns = CNIResult.DNS()
  /// Whether there is a domain or any list, even an empty one.
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
    Field("search", .list(of: .text), doc: "Domains that short names are tried in.", example: "[example.com]") {
      ($0.dns.search, $0.isGiven) = ($1, true)
    },
    Field("options", .list(of: .text), doc: "Options of the resolver.", example: "[\"ndots:5\"]") {
      ($0.dns.options, $0.isGiven) = ($1, true)
    },
  ]

  package static let heading = ShapeHeading(
    id: "dns", name: "a dns", doc: "What the runtime is told of name resolution; nothing of it is looked at.")
}
