/// The keys of `bridge`.
enum BridgeKeys {
  static let bridge = Shape.plugin(
    id: "plugin-bridge", name: "bridge",
    doc: "A veth pair with its outer end in a bridge of the node, which is made where it is not there.",
    keys: CommonKeys.with(gateway + port + vlan + notBuilt + CommonKeys.interface))

  private static let gateway = [
    Key(name: "bridge", type: .text(.emptyOr(.interfaceName)), doc: "The bridge's name. Default: `cni0`.", example: "br-pods"),
    Key(
      name: "isGateway", type: .boolean,
      doc: "Whether the bridge has the gateway's address and the node forwards. Default: false.",
      example: "true"),
    Key(
      name: "isDefaultGateway", type: .boolean,
      doc: "Whether the Pod's default route leads through the bridge as well. Says `isGateway` too. Default: false.",
      example: "true"),
    Key(
      name: "forceAddress", type: .boolean,
      doc: "Whether another IPv4 address that the bridge has is replaced; else that is an error. Default: false.", example: "true"
    ),
    CommonKeys.mtu,
  ]

  private static let port = [
    Key(
      name: "hairpinMode", type: .boolean,
      doc:
        "Whether what comes from the Pod may go back to it, as it must where a Pod calls its own Service. Not with `promiscMode`. "
        + "Default: false.", example: "true"),
    Key(
      name: "promiscMode", type: .boolean, doc: "Whether the bridge is promiscuous. Not with `hairpinMode`. Default: false.",
      example: "false"),
    Key(
      name: "portIsolation", type: .boolean,
      doc: "Whether the Pod can only talk to ports of the bridge that are not isolated. Default: false.",
      example: "true"),
    Key(
      name: "enabledad", type: .boolean,
      doc: "Whether IPv6 addresses are probed for duplicates first, which takes a second or more. Default: false.",
      example: "true"),
    Key(
      name: "disableContainerInterface", type: .boolean,
      doc: "Whether the Pod's interface stays down and without addresses. Not with an `ipam`. Default: false.", example: "false"),
  ]

  private static let vlan = [
    Key(
      name: "vlan", type: .integer(0...4094), doc: "The VLAN of the port's untagged packets, 1 to 4094; 0 is none.",
      example: "100"),
    Key(
      name: "vlanTrunk", type: .list(.object(trunk), atLeast: 0), doc: "The VLANs that the port carries with their tags.",
      example: "[{id: 100}, {minID: 200, maxID: 299}]"),
    Key(
      name: "preserveDefaultVlan", type: .boolean,
      doc: "Whether the port stays in VLAN 1, which the kernel gives it. Default: false.",
      example: "true"),
  ]

  private static let trunk = Shape.plugin(
    id: "vlanTrunk", name: "an entry of vlanTrunk", doc: "One VLAN, or a range of them.",
    keys: [
      Key(name: "id", type: .integer(1...4094), doc: "A VLAN, 1 to 4094.", example: "100"),
      Key(name: "minID", type: .integer(1...4094), doc: "The first VLAN of a range. Needs `maxID`.", example: "200"),
      Key(name: "maxID", type: .integer(1...4094), doc: "The last VLAN of a range. Needs `minID`.", example: "299"),
    ])

  /// What the reference has and Braid's own bridge has not.
  private static let notBuilt = [
    Key(
      name: "ipMasq", type: .falseOnly("masquerading is not built yet"),
      doc:
        "Whether what leaves the node gets the node's address. Braid's own bridge refuses `true`: masquerading is not built yet.",
      example: "false"),
    passedOver(CommonKeys.ipMasqBackend),
    Key(
      name: "macspoofchk", type: .falseOnly("checking for spoofed MAC addresses is not built yet"),
      doc:
        "Whether the Pod may only send with its own hardware address. Braid's own bridge refuses `true`: the check is not built yet.",
      example: "false"),
  ]

  private static func passedOver(_ key: Key) -> Key {
    var key = key
    key.isPassedOver = true
    return key
  }
}
