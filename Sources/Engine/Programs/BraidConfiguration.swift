import CNI
import JSON
import Plugins

/// What `braid` reads of its own network configuration.
///
/// | key | meaning | default |
/// | --- | --- | --- |
/// | `policy` | a policy file, or a directory of `*.yaml` | `/etc/braid/policy.yaml` |
/// | `stateDir` | where the records are kept | `/var/lib/cni/braid` |
/// | `timeLimit` | seconds for all executables of others that one operation runs, 1 to 600 (`TimeLimit`) | 50 |
///
/// The first two are absolute paths. Everything else is CNI's: `runtimeConfig`, `args`, `prevResult`.
package struct BraidConfiguration: Sendable {
  package let plugin: PluginConfiguration
  package let policy: String
  package let stateDir: String
  package let timeLimit: TimeLimit

  static let defaultPolicy = "/etc/braid/policy.yaml"
  static let defaultStateDir = "/var/lib/cni/braid"

  package init(_ plugin: PluginConfiguration) throws(ConfigurationError) {
    self.plugin = plugin
    policy = try Self.absolutePath("policy", in: plugin.reader) ?? Self.defaultPolicy
    stateDir = try Self.absolutePath("stateDir", in: plugin.reader) ?? Self.defaultStateDir
    timeLimit = try Self.timeLimit(plugin.reader)
  }

  private static func timeLimit(_ reader: ConfigurationReader) throws(ConfigurationError) -> TimeLimit {
    guard let seconds = try reader.int("timeLimit") else { return TimeLimit() }
    guard TimeLimit.range.contains(seconds) else {
      throw .invalid(reader.path.appending("timeLimit"), reason: "\(seconds) is not in 1 to 600 (seconds)")
    }
    return TimeLimit(seconds: seconds)
  }

  private static func absolutePath(_ key: String, in reader: ConfigurationReader) throws(ConfigurationError) -> String? {
    guard let text = try reader.string(key), !text.isEmpty else { return nil }
    guard text.utf8.first == UInt8(ascii: "/"), !text.utf8.contains(0) else {
      throw .invalid(reader.path.appending(key), reason: "\"\(text)\" is not an absolute path")
    }
    return text
  }
}
