/// The keys of `host-local`.
enum HostLocalKeys {
  static let hostLocal = Shape.plugin(
    id: "plugin-host-local", name: "host-local", doc: "Gives each interface an address of the node's own ranges.",
    keys: [
      type,
      Key(
        name: "ranges", type: .list(.list(.object(range), atLeast: 1), atLeast: 0),
        doc:
          "A list of lists of ranges: the interface gets one address of each inner list. Two inner lists, one of IPv4 and one of IPv6, "
          + "make it dual stack.", example: "[[{subnet: 10.1.0.0/16}]]"),
      CommonKeys.routes,
      Key(
        name: "dataDir", type: .text(.emptyOr(.absolutePath)),
        doc: "Where the reservations are kept, in a directory of the network's name. Default: `/var/lib/cni/networks`.",
        example: "/var/lib/cni/networks"),
      Key(
        name: "resolvConf", type: .text(.value), doc: "A file like `/etc/resolv.conf` that the result's `dns` is taken from.",
        example: "/etc/resolv.conf"),
    ] + single + [name])

  static let type = Key(name: "type", type: .any, doc: "The IPAM plugin's name.", example: "host-local")

  static let name = Key(name: "name", type: .any, doc: "Not read; some tools write it.")

  /// The old form of one range, which stands in the mapping itself.
  private static let single = [
    Key(
      name: "subnet", type: .text(.subnet), doc: "The old form of `ranges` with one range: its keys stand here.",
      example: "10.2.0.0/16"),
    Key(name: "rangeStart", type: .text(.emptyOr(.address)), doc: "Of the range of `subnet` here.", example: "10.2.0.10"),
    Key(name: "rangeEnd", type: .text(.emptyOr(.address)), doc: "Of the range of `subnet` here.", example: "10.2.0.99"),
    Key(name: "gateway", type: .text(.emptyOr(.address)), doc: "Of the range of `subnet` here.", example: "10.2.0.1"),
  ]

  private static let range = Shape.plugin(
    id: "range", name: "a range", doc: "Consecutive addresses of one subnet.",
    keys: [
      Key(
        name: "subnet", type: .text(.subnet), isRequired: true, doc: "The subnet with its prefix length, without host bits.",
        example: "10.1.0.0/16"),
      Key(
        name: "rangeStart", type: .text(.emptyOr(.address)),
        doc: "The first address that is given. Default: the subnet's second.",
        example: "10.1.0.10"),
      Key(
        name: "rangeEnd", type: .text(.emptyOr(.address)),
        doc: "The last address that is given. Default: the subnet's last, for IPv4 the one before the broadcast address.",
        example: "10.1.0.99"),
      Key(
        name: "gateway", type: .text(.emptyOr(.address)),
        doc: "The gateway, whose address is not given. Default: the subnet's second address.",
        example: "10.1.0.1"),
    ])
}
