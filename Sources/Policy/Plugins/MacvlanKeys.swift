/// The keys of `macvlan`.
enum MacvlanKeys {
  static let macvlan = Shape.plugin(
    id: "plugin-macvlan", name: "macvlan", doc: "An interface with a hardware address of its own on one of the node's.",
    keys: CommonKeys.with(
      [
        Key(
          name: "master", type: .text(.emptyOr(.interfaceName)),
          doc: "The interface that it is on. Default: that of the default route.", example: "eth1"),
        Key(
          name: "mode", type: .text(.emptyOr(.oneOf(["bridge", "private", "vepa", "passthru"]))),
          doc:
            "How the interfaces on one master see each other: `bridge`, directly; `private`, not at all; `vepa`, by way of a switch that "
            + "sends back; `passthru`, the only one has the master to itself. Default: `bridge`.", example: "bridge"),
        Key(
          name: "mtu", type: .integer(68...65535, orZero: true),
          doc: "The interface's MTU in bytes, at most the master's; 0 takes that.", example: "1500"),
        CommonKeys.mac, CommonKeys.linkInContainer,
        Key(
          name: "bcqueuelen", type: .integer(0...0xffff_ffff),
          doc: "How many broadcasts the master may hold for all its interfaces; 0 leaves it to the kernel.", example: "1000"),
      ] + CommonKeys.interface))
}

/// The keys of `loopback`, which has none.
enum LoopbackKeys {
  static let loopback = Shape.plugin(
    id: "plugin-loopback", name: "loopback", doc: "Brings up `lo` in the Pod.",
    keys: CommonKeys.with([]))
}
