import NetworkTypes

/// What an interface plugin reads of its `args` (CNI conventions).
package struct ConventionalArguments: KeyedConfiguration {
  package private(set) var cni = Convention()

  package init() {}

  package static let fields: [Field<ConventionalArguments>] = [
    Field(
      "cni", .object, doc: "The arguments that the CNI conventions define.", example: "{mac: \"02:00:00:00:00:01\"}"
    ) { $0.cni = $1 }
  ]

  package static let heading = ShapeHeading(
    id: "args", name: "args", doc: "Arguments for plugins, by who defined them.", isShared: true)

  /// `args.cni`.
  package struct Convention: KeyedConfiguration {
    package fileprivate(set) var mac: MACAddress?

    package init() {}

    package static let fields: [Field<Convention>] = [
      Field(
        "mac", .mac, doc: "The interface's hardware address; `mac` of an attachment wins.", example: "\"02:00:00:00:00:01\""
      ) { $0.mac = $1 },
      // The IPAM behind the plugin reads them, each in its own way: `RequestedAddresses`.
      .unread(
        Key(
          name: "ips", type: .any, doc: "Addresses that IPAM must give; `ips` of an attachment are asked for as well.",
          example: "[10.1.0.7/16]")),
      .unread(Key(name: "labels", type: .any, doc: "Labels of the Pod, from runtimes that put them here.")),
    ]

    package static let heading = ShapeHeading(
      id: "cniArgs", name: "args.cni", doc: "The arguments that the CNI conventions define.", isShared: true)
  }
}

/// What an interface plugin reads of `runtimeConfig`.
struct InterfaceRuntimeConfiguration: ConfigurationPart {
  private(set) var mac: MACAddress?

  init() {}

  static let fields: [Field<InterfaceRuntimeConfiguration>] = [.ofRuntime("mac", .mac) { $0.mac = $1 }]
}
