import CNI

/// What `braid` reads of its own configuration, in a runtime's list. Everything else there is CNI's: `runtimeConfig`, `args`,
/// `prevResult`.
package struct BraidSettings: KeyedConfiguration {
  /// A policy file, or a directory of `*.yaml`: an absolute path.
  package private(set) var policy = "/etc/braid/policy.yaml"
  /// Where the records are kept: an absolute path.
  package private(set) var stateDir = "/var/lib/cni/braid"
  /// Seconds for all executables of others that one operation runs, 1 to 600; nil leaves it to Braid.
  package private(set) var timeLimit: Int?

  package init() {}

  package static let fields: [Field<BraidSettings>] = [
    Field(
      "policy", .absolutePath, doc: "The policy: a file, or a directory of `*.yaml`. Default: `/etc/braid/policy.yaml`.",
      example: "/etc/braid/policy.yaml"
    ) { $0.policy = $1 },
    Field(
      "stateDir", .absolutePath, doc: "Where the records are kept. Default: `/var/lib/cni/braid`.",
      example: "/var/lib/cni/braid"
    ) { $0.stateDir = $1 },
    Field(
      "timeLimit", .integer(1...600) { "\($0) is not in 1 to 600 (seconds)" },
      doc: "Seconds for all executables of others that one operation runs. Default: 50.", example: "50"
    ) { $0.timeLimit = $1 },
  ]

  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    do { _ = try BraidSettings(configuration) } catch { throw .configuration(error) }
  }

  package static let heading = ShapeHeading(
    id: "plugin-braid", name: "braid",
    doc: "Braid itself. It stands in a runtime's configuration list, never in a policy.", isOfChain: true)

  package static let shape = shapeOfFields
}
