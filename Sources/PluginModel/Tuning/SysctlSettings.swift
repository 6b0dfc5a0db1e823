import CNI
import JSON

/// Sysctls with their values, in the order of the configuration. No sysctl occurs twice.
package struct SysctlSettings: Hashable, Sendable {
  package private(set) var all: [Setting] = []

  package struct Setting: Hashable, Sendable {
    package let key: SysctlKey
    package let value: String
  }

  package init() {}

  /// Adds these. One of a sysctl that is there already takes its place.
  mutating func merge(_ others: SysctlSettings) {
    for other in others.all {
      if let i = all.firstIndex(where: { $0.key.path == other.key.path }) { all[i] = other } else { all.append(other) }
    }
  }

  /// Throws if the sysctl is there already.
  fileprivate mutating func add(_ setting: Setting, _ path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    if let other = all.first(where: { $0.key.path == setting.key.path }) {
      let same = other.key.text == setting.key.text ? "" : ": \(other.key.text) and \(setting.key.text) are one"
      throw .invalid(path, reason: "duplicated sysctl keys are not allowed\(same)")
    }
    all.append(setting)
  }
}

extension Codec where Value == SysctlSettings {
  /// A mapping of sysctls to their values, which are texts.
  static var sysctls: Codec {
    Codec(type: .map(keys: .sysctl, .text(.value))) { (json, path) throws(ConfigurationError) in
      var settings = SysctlSettings()
      for member in try json.expected(json.object, "an object", path).members {
        let place = path.appending(member.name)
        let key: SysctlKey
        do throws(SysctlKey.Problem) { key = try SysctlKey(member.name) } catch { throw .invalid(place, reason: error.text) }
        // Go's decoder reads null as the empty text.
        let value = member.value.isNull ? "" : try member.value.expected(member.value.string, "a string", place)
        try settings.add(.init(key: key, value: value), place)
      }
      return settings
    }
  }
}
