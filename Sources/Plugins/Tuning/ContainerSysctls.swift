import NetworkTypes
import PluginModel
import System

/// The sysctls of a configuration in one container.
struct ContainerSysctls {
  private let container: NodeNamespace
  private let wanted: [Wanted]

  private struct Wanted {
    /// Below `/proc/sys/net`.
    let path: String
    let value: String
  }

  init(_ settings: SysctlSettings, _ interface: InterfaceName, in container: NodeNamespace) {
    self.container = container
    wanted = settings.all.map { Wanted(path: $0.key.path(interface), value: $0.value) }
  }

  /// Sets all of them. If one cannot be set, those before it get their former values back.
  ///
  /// `/proc/sys/net` shows the sysctls of the namespace that a thread is in, so this visits the container.
  func set(from host: NodeNamespace) throws(DelegateError) {
    guard !wanted.isEmpty else { return }
    try container.namespace.visit(from: host.namespace, failure: DelegateError.system) { () throws(DelegateError) in
      var former: [Wanted] = []
      do throws(DelegateError) {
        for sysctl in wanted { try set(sysctl, &former) }
      } catch {
        for sysctl in former.reversed() { try? SysctlFile.write(sysctl.path, sysctl.value) }
        throw error
      }
    }
  }

  private func set(_ sysctl: Wanted, _ former: inout [Wanted]) throws(DelegateError) {
    guard let value = try read(sysctl.path) else {
      return try system { () throws(SystemError) in try SysctlFile.write(sysctl.path, sysctl.value) }
    }
    // `/proc/sys` is read-only in some containers.
    guard !isSame(value, sysctl.value) else { return }
    try system { () throws(SystemError) in try SysctlFile.write(sysctl.path, sysctl.value) }
    former.append(Wanted(path: sysctl.path, value: value))
    // The kernel takes some values for others, such as a list with too few numbers.
    guard let now = try read(sysctl.path), !isSame(now, sysctl.value) else { return }
    throw .plugin(TuningError.sysctlKeepsValue(sysctl.path, sysctl.value, found: now))
  }

  /// The sysctls with other values.
  func differences(from host: NodeNamespace) throws(DelegateError) -> [TuningDifference] {
    guard !wanted.isEmpty else { return [] }
    return try container.namespace.visit(from: host.namespace, failure: DelegateError.system) { () throws(DelegateError) in
      var found: [TuningDifference] = []
      for sysctl in wanted {
        guard let value = try read(sysctl.path), !isSame(value, sysctl.value) else { continue }
        found.append(.sysctl(sysctl.path, sysctl.value, found: value))
      }
      return found
    }
  }

  /// Nil for a sysctl that can only be written, such as `net.ipv4.route.flush`.
  private func read(_ path: String) throws(DelegateError) -> String? {
    do { return try SysctlFile.read(path) } catch {
      switch error.errno {
      case .permissionDenied?: return nil
      case .noSuchFileOrDirectory?: throw .plugin(TuningError.sysctlMissing(path))
      default: throw .system(error)
      }
    }
  }

  /// Whether two texts are one value. The kernel writes tabs between the numbers of a list, and numbers in decimal.
  private func isSame(_ a: String, _ b: String) -> Bool {
    let (a, b) = (a.split(whereSeparator: \.isWhitespace), b.split(whereSeparator: \.isWhitespace))
    return a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || number($0) != nil && number($0) == number($1) }
  }

  /// A number as the kernel reads it: in decimal, with `0x` in hexadecimal, with another `0` in front in octal.
  private func number(_ text: Substring) -> Int? {
    let lower = text.lowercased()
    if lower.hasPrefix("0x") { return Int(lower.dropFirst(2), radix: 16) }
    return Int(text, radix: text.hasPrefix("0") ? 8 : 10)
  }
}
