import CNI
import NetworkTypes

/// Why `tuning` refuses an attachment, or finds it changed.
package enum TuningError: PluginFailure, Equatable {
  case linkMissing(String)
  /// The node's list of sysctls does not have this one. The list follows.
  case notAllowed(String, only: [String])
  /// A line of the node's list is no regular expression that we can read.
  case allowlist(line: String)
  /// The container's namespace has no such file below `/proc/sys/net`.
  case sysctlMissing(String)
  /// The kernel took the value, and the sysctl has another one.
  case sysctlKeepsValue(String, String, found: String)
  case check(TuningDifference)

  package var object: ErrorObject {
    switch self {
    case .linkMissing(let name): ErrorObject(.io, "failed to get \"\(name)\": Link not found")
    case .notAllowed(let key, let list):
      ErrorObject(
        .invalidConfiguration,
        "Sysctl \(key) is not allowed. Only the following sysctls are allowed: [\(list.joined(separator: " "))]")
    case .allowlist(let line):
      ErrorObject(
        .invalidConfiguration, "\(SysctlAllowlist.path): \"\(line)\" is not a regular expression that Braid can read")
    case .sysctlMissing(let path):
      ErrorObject(
        .invalidConfiguration,
        "open /proc/sys/net/\(path): no such file or directory: a Pod's network namespace has no such sysctl")
    case .sysctlKeepsValue(let path, let value, let found):
      ErrorObject(.invalidConfiguration, "/proc/sys/net/\(path) is \"\(found)\" after \"\(value)\" was written")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }

  package var path: ConfigurationError.KeyPath {
    switch self {
    case .notAllowed(let key, _): .init("sysctl", key)
    case .sysctlMissing, .sysctlKeepsValue, .allowlist: .init("sysctl")
    case .linkMissing, .check: .init()
    }
  }
}

/// A difference between the container and the configuration, in the reference plugin's words.
package enum TuningDifference: Equatable, Sendable, CustomStringConvertible {
  /// The path is below `/proc/sys/net`.
  case sysctl(String, String, found: String)
  case mac(String, MACAddress, found: MACAddress?)
  /// The link is not promiscuous.
  case promiscuous(String)
  case mtu(String, MTU, found: Int)
  /// The link has the other mode.
  case allMulticast(String, Bool)
  case queueLength(String, Int, found: UInt32)

  package var description: String {
    switch self {
    case .sysctl(let path, let value, let found):
      "Error: Tuning configured value of /proc/sys/net/\(path) is \(value), current value is \(found)"
    case .mac(let name, let mac, let found):
      "Error: Tuning configured Ethernet of \(name) is \(mac), current value is \(found?.description ?? "")"
    case .promiscuous(let name): "Error: Tuning link \(name) configured promisc is true, current value is 0"
    case .mtu(let name, let mtu, let found): "Error: Tuning configured MTU of \(name) is \(mtu), current value is \(found)"
    case .allMulticast(let name, let wanted):
      "Error: Tuning configured all-multicast mode of \(name) is \(wanted), current value is \(!wanted)"
    case .queueLength(let name, let length, let found):
      "Error: Tuning configured Transmit Queue Length of \(name) is \(length), current value is \(found)"
    }
  }
}
