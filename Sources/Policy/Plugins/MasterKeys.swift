/// The keys of the reference plugins that put an interface on another one: `ipvlan` and `vlan`.
enum MasterKeys {
  static let ipvlan = Shape.plugin(
    id: "plugin-ipvlan", name: "ipvlan",
    doc: "An interface with addresses of its own and the hardware address of the node's below it.",
    keys: CommonKeys.with(
      [
        Key(
          name: "master", type: .text(.emptyOr(.interfaceName)),
          doc: "The interface that it is on. Default: that of the default route.", example: "eth1"),
        Key(
          name: "mode", type: .text(.emptyOr(.oneOf(["l2", "l3", "l3s"]))),
          doc: "Whether the node switches (`l2`) or routes (`l3`; `l3s` with its connection tracking). Default: `l2`.",
          example: "l2"),
        mtu, CommonKeys.linkInContainer,
      ] + CommonKeys.interface))

  static let vlan = Shape.plugin(
    id: "plugin-vlan", name: "vlan", doc: "An interface for one VLAN of one of the node's interfaces.",
    keys: CommonKeys.with(
      [
        Key(
          name: "master", type: .text(.interfaceName), isRequired: true, doc: "The interface that carries the VLAN.",
          example: "eth1"),
        Key(name: "vlanId", type: .integer(0...4094), doc: "The VLAN, 0 to 4094.", example: "100"), mtu,
        CommonKeys.linkInContainer,
      ] + CommonKeys.interface))

  private static let mtu = Key(
    name: "mtu", type: .integer(68...65535, orZero: true),
    doc: "The interface's MTU in bytes, at most the master's; 0 takes that.",
    example: "1500")
}
