import CNI

/// The keys that `braid` reads from its own entry in a runtime's configuration list.
///
/// All other keys of that entry belong to CNI: `runtimeConfig`, `args`, `prevResult`.
package struct BraidSettings: KeyedConfiguration {
  /// A policy file, or a directory of `*.yaml`: an absolute path.
  package private(set) var policy = "/etc/braid/policy.yaml"
  /// The directory of Braid's records: an absolute path.
  package private(set) var stateDir = "/var/lib/cni/braid"
  /// How long all external plugins of one operation may run together, in seconds, 1 to 600. Nil stands for Braid's default.
  package private(set) var timeLimit: Int?
  package private(set) var onInvalidPolicy = InvalidPolicy.refuse

  /// What happens while the policy has errors.
  package enum InvalidPolicy: String, Sendable, CaseIterable {
    /// Every ADD is refused, and STATUS fails.
    case refuse
    /// The last policy without errors stays in force on this node.
    case keep
  }

  package init() {}

  /// Reads the settings for DEL, which needs the state directory and nothing else. Another key that is wrong counts as absent.
  package init(forRemoval configuration: PluginConfiguration) throws(ConfigurationError) {
    for field in Self.fields {
      do throws(ConfigurationError) { try field.read(configuration.reader, &self) } catch {
        if error.path == .init("stateDir") { throw error }
      }
    }
  }

  package static let fields: [Field<BraidSettings>] = [
    Field(
      "policy", .absolutePath, doc: "The policy: a file, or a directory of `*.yaml`. Default: `/etc/braid/policy.yaml`.",
      example: "/etc/braid/policy.yaml"
    ) { $0.policy = $1 },
    Field(
      "stateDir", .absolutePath, doc: "The directory in which Braid keeps its records. Default: `/var/lib/cni/braid`.",
      example: "/var/lib/cni/braid"
    ) { $0.stateDir = $1 },
    Field(
      "timeLimit", .integer(1...600) { "\($0) is not in 1 to 600 (seconds)" },
      doc: "How many seconds all external plugins of one operation may take together. Default: 50.", example: "50"
    ) { $0.timeLimit = $1 },
    Field(
      "onInvalidPolicy", .word { "\"\($0)\" is neither refuse nor keep" },
      doc:
        "What happens while the policy has errors. `refuse`: every ADD is refused, and STATUS fails. `keep`: the last policy without "
        + "errors that Braid read on this node stays in force. Default: `refuse`.", example: "keep"
    ) { $0.onInvalidPolicy = $1 },
  ]

  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    do { _ = try BraidSettings(configuration) } catch { throw .configuration(error) }
  }

  static func review(
    _ configuration: PluginConfiguration, _ call: PlannedCall
  ) throws(PluginConfigurationError) -> [ForeseenResult]? {
    try validate(configuration)
    return nil
  }

  package static let heading = ShapeHeading(
    id: "plugin-braid", name: "braid",
    doc: "Braid itself. It belongs into a runtime's configuration list, never into a policy.", isOfChain: true)

  package static let shape = shapeOfFields
}
