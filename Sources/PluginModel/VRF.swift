extension Plugin {
  static let vrf = Plugin("vrf", .chained, facts: PluginFacts.ofMover) { VRFKeys.shape }
}

/// The keys of the reference's `vrf`.
private enum VRFKeys {
  static let shape = Shape.plugin(
    id: "plugin-vrf", name: "vrf", doc: "Puts the Pod's interface into a VRF. The plugin makes the VRF if it is missing.",
    keys: CommonKeys.with([
      Key(name: "vrfname", type: .text(.interfaceName), isRequired: true, doc: "The name of the VRF.", example: "blue"),
      Key(name: "table", type: .integer(0...0xffff_ffff), doc: "The VRF's routing table. Default: a free one.", example: "1001"),
    ]))
}
