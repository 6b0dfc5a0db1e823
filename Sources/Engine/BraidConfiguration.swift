import CNI
import JSON

/// What `braid` reads of its own network configuration.
///
/// | key | meaning | default |
/// | --- | --- | --- |
/// | `policy` | a policy file, or a directory of `*.yaml` | `/etc/braid/policy.yaml` |
/// | `stateDir` | where the records are kept | `/var/lib/cni/braid` |
///
/// Both are absolute paths. Everything else is CNI's: `runtimeConfig`, `args`, `prevResult`.
package struct BraidConfiguration: Sendable {
  package let plugin: PluginConfiguration
  package let policy: String
  package let stateDir: String

  static let defaultPolicy = "/etc/braid/policy.yaml"
  static let defaultStateDir = "/var/lib/cni/braid"

  package init(_ plugin: PluginConfiguration) throws(ConfigurationError) {
    self.plugin = plugin
    policy = try Self.absolutePath("policy", in: plugin.reader) ?? Self.defaultPolicy
    stateDir = try Self.absolutePath("stateDir", in: plugin.reader) ?? Self.defaultStateDir
  }

  private static func absolutePath(_ key: String, in reader: ConfigurationReader) throws(ConfigurationError) -> String? {
    guard let text = try reader.string(key), !text.isEmpty else { return nil }
    guard text.utf8.first == UInt8(ascii: "/"), !text.utf8.contains(0) else {
      throw .invalid(reader.path.appending(key), reason: "\"\(text)\" is not an absolute path")
    }
    return text
  }
}
