/// The keys of the reference's other plugins that make an interface: `ptp`, `host-device`, `tap` and `dummy`.
enum InterfaceKeys {
  static let ptp = Shape.plugin(
    id: "plugin-ptp", name: "ptp", doc: "A veth pair between the Pod and the node, which routes for it.",
    keys: CommonKeys.with(
      [
        Key(
          name: "ipMasq", type: .boolean, doc: "Whether what leaves the node gets the node's address. Default: false.",
          example: "true"),
        CommonKeys.ipMasqBackend, CommonKeys.mtu,
      ] + CommonKeys.interface))

  static let hostDevice = Shape.plugin(
    id: "plugin-host-device", name: "host-device",
    doc: "Moves an interface of the node into the Pod. One of the keys, or the capability `deviceID`, says which.",
    keys: CommonKeys.with(
      [
        Key(name: "device", type: .text(.emptyOr(.interfaceName)), doc: "The interface by its name.", example: "eth2"),
        Key(
          name: "hwaddr", type: .text(.emptyOr(.mac)), doc: "The interface by its hardware address.",
          example: "\"02:00:00:00:00:01\""),
        Key(
          name: "kernelpath", type: .text(.emptyOr(.absolutePath)), doc: "The device by its path in `/sys`.",
          example: "/sys/devices/pci0000:00/0000:00:1f.6"),
        Key(name: "pciBusID", type: .text(.value), doc: "The device by its PCI address.", example: "\"0000:00:1f.6\""),
      ] + CommonKeys.interface))

  static let tap = Shape.plugin(
    id: "plugin-tap", name: "tap", doc: "A tap device in the Pod, for virtual machines.",
    keys: CommonKeys.with(
      [
        Key(name: "multiQueue", type: .boolean, doc: "Whether the device has several queues. Default: false.", example: "true"),
        CommonKeys.mtu, CommonKeys.mac,
        Key(name: "owner", type: .integer(0...0xffff_ffff), doc: "The user ID that may open it.", example: "1000"),
        Key(name: "group", type: .integer(0...0xffff_ffff), doc: "The group ID that may open it.", example: "1000"),
        Key(
          name: "selinuxContext", type: .text(.value), doc: "The SELinux context that the device is made in.",
          example: "\"system_u:system_r:container_t:s0\""),
        Key(
          name: "bridge", type: .text(.emptyOr(.interfaceName)), doc: "A bridge in the Pod that it becomes a port of.",
          example: "br0"),
      ] + CommonKeys.interface))

  static let dummy = Shape.plugin(
    id: "plugin-dummy", name: "dummy", doc: "An interface that leads nowhere. It has no keys of its own, and needs an `ipam`.",
    keys: CommonKeys.with(CommonKeys.interface))
}
