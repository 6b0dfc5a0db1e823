import CNI
import NetworkTypes

extension Plugin {
  static let macvlan = Plugin(
    .macvlan, .interface, capabilities: ["mac"],
    facts: MacvlanFacts.facts, validate: MacvlanConfiguration.validate, review: MacvlanConfiguration.review,
    table: { MacvlanConfiguration.shape })
}

/// The configuration of the `macvlan` plugin, with the reference plugin's names and defaults.
package struct MacvlanConfiguration: InterfaceConfiguration {
  /// How the interfaces on one master reach each other.
  package enum Mode: String, Sendable, CaseIterable {
    case bridge, `private`, vepa, passthru
  }

  package private(set) var link = LinkConfiguration()
  /// Nil stands for the interface of the default route.
  package private(set) var master: InterfaceName?
  /// Default `bridge`.
  package private(set) var mode = Mode.bridge
  /// The key `mac` of the configuration, not that of `args` or `runtimeConfig`.
  package private(set) var mac: MACAddress?
  /// Whether the master is a link of the container instead of the node.
  package private(set) var linkInContainer = false
  package private(set) var broadcastQueueLength: UInt32?

  package init() {}

  /// At most the master's. Nil takes the master's, which the configuration may also write as 0.
  package var mtu: MTU? { link.mtu }

  package static let fields: [Field<MacvlanConfiguration>] =
    [
      Field(
        "master", .interfaceName, doc: "The interface below. Default: that of the default route.", example: "eth1"
      ) { $0.master = $1 },
      Field(
        "mode", .word { "unknown macvlan mode: \"\($0)\"" },
        doc:
          "How the interfaces on one master reach each other. `bridge`: directly. `private`: not at all. `vepa`: through an external "
          + "switch that sends packets back. `passthru`: there is only one interface, which has the master to itself. "
          + "Default: `bridge`.", example: "bridge"
      ) { $0.mode = $1 },
      Field(CommonKeys.mtuOnMaster) { $0.link.mtu = $1 },
      Field(CommonKeys.mac) { $0.mac = $1 },
      Field(CommonKeys.linkInContainer) { $0.linkInContainer = $1 },
      Field(
        "bcqueuelen", .integer(0...0xffff_ffff) { _ in "must be from 0 to \(UInt32.max)" },
        doc: "How many broadcast packets the master may queue for all its interfaces; 0 leaves it to the kernel.", example: "1000"
      ) { $0.broadcastQueueLength = $1 == 0 ? nil : UInt32($1) },
    ] + addressing

  private static let addressing: [Field<MacvlanConfiguration>] = LinkConfiguration.addressing.map { field in
    field.inside { (macvlan, read) throws(ConfigurationError) in try read(&macvlan.link) }
  }

  package static let heading = ShapeHeading(
    id: "plugin-macvlan", name: "macvlan", doc: "An interface on top of one of the node's, with a hardware address of its own.",
    isOfChain: true)

  package static let shape = shapeOfFields
}
