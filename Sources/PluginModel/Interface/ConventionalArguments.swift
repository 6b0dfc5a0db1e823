import NetworkTypes

/// The part of `args` that an interface plugin reads (CNI conventions).
package struct ConventionalArguments: KeyedConfiguration {
  package private(set) var cni = Convention()

  package init() {}

  package static let fields: [Field<ConventionalArguments>] = [
    Field(
      "cni", .object, doc: "The arguments that the CNI conventions define.", example: "{mac: \"02:00:00:00:00:01\"}"
    ) { $0.cni = $1 }
  ]

  package static let heading = ShapeHeading(
    id: "args", name: "args", doc: "Arguments for plugins. Each key names the convention that defines them.", isShared: true)

  /// `args.cni`.
  package struct Convention: KeyedConfiguration {
    package fileprivate(set) var mac: MACAddress?

    package init() {}

    package static let fields: [Field<Convention>] = [
      Field(
        "mac", .mac, doc: "The interface's hardware address; `mac` of an attachment wins.", example: "\"02:00:00:00:00:01\""
      ) { $0.mac = $1 },
      // The IPAM plugins read them, each in its own way: see RequestedAddresses and StaticAddresses.
      .unread(
        Key(
          name: "ips", type: .any,
          doc: "Addresses that the IPAM plugin must give. It is asked for an attachment's `ips` as well.",
          example: "[10.1.0.7/16]")),
      .unread(Key(name: "labels", type: .any, doc: "Labels of the Pod. Some runtimes write them.")),
    ]

    package static let heading = ShapeHeading(
      id: "cniArgs", name: "args.cni", doc: "The arguments that the CNI conventions define.", isShared: true)
  }
}

/// The part of `runtimeConfig` that an interface plugin reads.
struct InterfaceRuntimeConfiguration: ConfigurationPart {
  private(set) var mac: MACAddress?

  init() {}

  static let fields: [Field<InterfaceRuntimeConfiguration>] = [.ofRuntime("mac", .mac) { $0.mac = $1 }]
}
