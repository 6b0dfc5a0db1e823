import JSON

extension Plugin {
  static let hostDevice = Plugin("host-device", .interface, capabilities: ["deviceID"], facts: HostDeviceFacts.facts) {
    HostDeviceKeys.shape
  }
}

/// The keys of the reference's `host-device`.
private enum HostDeviceKeys {
  static let shape = Shape.plugin(
    id: "plugin-host-device", name: "host-device",
    doc: "Moves an interface of the node into the Pod. One of the keys, or the capability `deviceID`, names the interface.",
    keys: CommonKeys.with(
      [
        Key(name: "device", type: .text(.emptyOr(.interfaceName)), doc: "The interface's name.", example: "eth2"),
        Key(
          name: "hwaddr", type: .text(.emptyOr(.mac)), doc: "The interface's hardware address.",
          example: "\"02:00:00:00:00:01\""),
        Key(
          name: "kernelpath", type: .text(.emptyOr(.absolutePath)), doc: "The device's path in `/sys`.",
          example: "/sys/devices/pci0000:00/0000:00:1f.6"),
        Key(name: "pciBusID", type: .text(.value), doc: "The device's PCI address.", example: "\"0000:00:1f.6\""),
      ] + CommonKeys.interface),
    relations: [.oneOf(["device", "hwaddr", "kernelpath", "pciBusID"], orCapability: "deviceID")])
}

/// The facts of `host-device`.
private enum HostDeviceFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    // The device may already have routes.
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.link = PluginFacts.Link(.moved, key: "device", in: configuration)
    facts.reachesNeighbours = true
    return facts
  }
}
