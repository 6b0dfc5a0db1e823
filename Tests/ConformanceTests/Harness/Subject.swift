import Foundation
import TestSupport

/// The plugins that the table knows, by the names of their executables.
enum Plugin: String, CaseIterable, Sendable {
  case bridge, macvlan, ptp, bandwidth, tuning, sbr, portmap
  case hostLocal = "host-local"
  case `static`, loopback

  /// Whether it works on the interface of the plugins before it in a chain.
  var isChained: Bool { self == .bandwidth }
}

/// The released versions of the CNI specification.
enum Spec: String, CaseIterable, Comparable, Sendable {
  case v010 = "0.1.0"
  case v020 = "0.2.0"
  case v030 = "0.3.0"
  case v031 = "0.3.1"
  case v040 = "0.4.0"
  case v100 = "1.0.0"
  case v110 = "1.1.0"

  static func < (a: Spec, b: Spec) -> Bool { a.rawValue < b.rawValue }

  /// The versions with `ip4` and `ip6` in their results.
  static let flat: [Spec] = [.v010, .v020]
  static let beforeCheck: [Spec] = [.v010, .v020, .v030, .v031]
  static let withCheck: [Spec] = [.v040, .v100, .v110]
  static let beforeGarbageCollection = allCases.filter { $0 < .v110 }
}

/// The executables under test: links to our `braid`, or a directory of others.
///
/// With `BRAID_CONFORMANCE_PLUGINS=/usr/lib/cni` the table runs against the reference plugins there. That tests the table itself. Cases
/// that need a newer release are skipped.
enum Subject {
  /// The directory of the reference plugins. Nil for Braid's own plugins.
  static let directory: String? = {
    let given = ProcessInfo.processInfo.environment["BRAID_CONFORMANCE_PLUGINS"] ?? ""
    return given.isEmpty ? nil : given
  }()

  static var isOurs: Bool { directory == nil }

  /// The expected answer to VERSION.
  static let specs: [Spec] = isOurs || supports110 ? Spec.allCases : Spec.beforeGarbageCollection

  /// The same for one plugin. The reference's chained ones do not know the versions without a list of interfaces.
  static func specs(of plugin: Plugin) -> [Spec] { specs.filter { isOurs || !plugin.isChained || !Spec.flat.contains($0) } }

  /// Those of Braid's plugins that must pass the table.
  static let built: Set<Plugin> = [.bridge, .macvlan, .ptp, .bandwidth, .tuning, .sbr, .portmap, .hostLocal, .static, .loopback]

  /// Whether these are reference plugins of before the 1.1.0 specification.
  static var isOlder: Bool { !specs.contains(.v110) }

  private static let supports110: Bool = {
    var call = Command((directory ?? "") + "/bridge")
    call.environment = ["CNI_COMMAND": "VERSION"]
    return ((try? call.require()) ?? "").contains("1.1.0")
  }()

  /// The Debian packages of the reference plugins put them here.
  static let reference = "/usr/lib/cni"
}
