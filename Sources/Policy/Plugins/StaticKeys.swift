/// The keys of `static`.
enum StaticKeys {
  static let `static` = Shape.plugin(
    id: "plugin-static", name: "static", doc: "Gives the addresses that stand here, to whoever gets the network.",
    keys: [
      HostLocalKeys.type,
      Key(
        name: "addresses", type: .list(.object(address), atLeast: 0),
        doc: "The addresses. `ips` of an attachment stand instead of them.",
        example: "[{address: 10.1.2.3/16, gateway: 10.1.0.1}]"),
      CommonKeys.routes, CommonKeys.dns, HostLocalKeys.name,
    ])

  private static let address = Shape.plugin(
    id: "address", name: "an address", doc: "One address of the interface.",
    keys: [
      Key(
        name: "address", type: .text(.cidr), isRequired: true, doc: "The address with its prefix length.", example: "10.1.2.3/16"),
      Key(name: "gateway", type: .text(.emptyOr(.address)), doc: "The gateway of its subnet.", example: "10.1.0.1"),
    ])
}
