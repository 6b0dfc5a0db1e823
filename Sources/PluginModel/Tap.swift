import JSON

extension Plugin {
  static let tap = Plugin("tap", .interface, capabilities: ["mac"], facts: TapFacts.facts) { TapKeys.shape }
}

/// The keys of the reference's `tap`.
private enum TapKeys {
  static let shape = Shape.plugin(
    id: "plugin-tap", name: "tap", doc: "A tap device in the Pod, for virtual machines.",
    keys: CommonKeys.with(
      [
        Key(name: "multiQueue", type: .boolean, doc: "Whether the device has several queues. Default: false.", example: "true"),
        CommonKeys.mtu.key, CommonKeys.mac.key,
        Key(name: "owner", type: .integer(0...0xffff_ffff), doc: "The user ID that may open the device.", example: "1000"),
        Key(name: "group", type: .integer(0...0xffff_ffff), doc: "The group ID that may open the device.", example: "1000"),
        Key(
          name: "selinuxContext", type: .text(.value), doc: "The SELinux context that the device gets.",
          example: "\"system_u:system_r:container_t:s0\""),
        Key(
          name: "bridge", type: .text(.emptyOr(.interfaceName)), doc: "A bridge in the Pod. The device becomes a port of it.",
          example: "br0"),
      ] + CommonKeys.interface))
}

/// The facts of `tap`.
private enum TapFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    facts.link = PluginFacts.Link(.bridge, key: "bridge", in: configuration)
    facts.link?.isInContainer = true
    facts.mtu = configuration.mtu
    return facts
  }
}
