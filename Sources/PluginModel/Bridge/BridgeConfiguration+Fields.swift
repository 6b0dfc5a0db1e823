import CNI

extension BridgeConfiguration {
  package static let fields: [Field<BridgeConfiguration>] =
    gateway + masquerading + port + vlans + notBuilt + addressing

  private static let vlans: [Field<BridgeConfiguration>] = BridgeVLANConfiguration.fields.map { field in
    field.inside { (bridge, read) throws(ConfigurationError) in try read(&bridge.vlan) }
  }

  private static let masquerading: [Field<BridgeConfiguration>] = LinkConfiguration.masquerading.map { field in
    field.inside { (bridge, read) throws(ConfigurationError) in try read(&bridge.link) }
  }

  private static let addressing: [Field<BridgeConfiguration>] = LinkConfiguration.addressing.map { field in
    field.inside { (bridge, read) throws(ConfigurationError) in try read(&bridge.link) }
  }

  private static let gateway: [Field<BridgeConfiguration>] = [
    Field("bridge", .interfaceName, doc: "The bridge's name. Default: `cni0`.", example: "br-pods") { $0.bridge = $1 },
    Field(
      "isGateway", .flag, doc: "Whether the bridge gets the gateway's address and the node forwards packets. Default: false.",
      example: "true"
    ) { $0.isGateway = $1 },
    Field(
      "isDefaultGateway", .flag,
      doc: "Whether the Pod's default route also leads through the bridge. Implies `isGateway`. Default: false.",
      example: "true"
    ) { $0.isDefaultGateway = $1 },
    Field(
      "forceAddress", .flag,
      doc:
        "Whether the plugin replaces another IPv4 address of the bridge. If false, such an address is an error. Default: false.",
      example: "true"
    ) { $0.forceAddress = $1 },
    Field(CommonKeys.mtu) { $0.link.mtu = $1 },
  ]

  private static let port: [Field<BridgeConfiguration>] = [
    Field(
      "hairpinMode", .flag,
      doc:
        "Whether the bridge may send the Pod's packets back to the Pod. A Pod that calls its own Service needs that. "
        + "Not with `promiscMode`. Default: false.", example: "true"
    ) { $0.hairpinMode = $1 },
    Field(
      "promiscMode", .flag, doc: "Whether the bridge is promiscuous. Not with `hairpinMode`. Default: false.", example: "false"
    ) { $0.promiscMode = $1 },
    Field(
      "portIsolation", .flag,
      doc: "Whether the Pod can reach only those ports of the bridge that are not isolated. Default: false.", example: "true"
    ) { $0.portIsolation = $1 },
    Field(
      "enabledad", .flag,
      doc: "Whether the kernel first looks for duplicates of IPv6 addresses, which takes a second or more. Default: false.",
      example: "true"
    ) { $0.enableDAD = $1 },
    Field(
      "disableContainerInterface", .flag,
      doc: "Whether the Pod's interface stays down and without addresses. Not with an `ipam`. Default: false.", example: "false"
    ) { $0.disableContainerInterface = $1 },
  ]

  /// Features of the reference plugin that Braid's own bridge lacks. The bridge refuses them by name instead of ignoring them:
  /// a Pod without the protection that its configuration asks for would be a surprise.
  private static let notBuilt: [Field<BridgeConfiguration>] =
    [
      Field(
        "macspoofchk", .refusedFlag("checking for spoofed MAC addresses is not built yet"),
        doc:
          "Whether the Pod may only send with its own hardware address. Braid's own bridge refuses `true`: the check is not built yet.",
        example: "false"
      ) { _, _ in }
    ]
}
