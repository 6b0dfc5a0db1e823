import Foundation
import Glibc

// A release build with the static standard library compiles this target too, but does not have the module Testing.
#if canImport(Testing)
  import Testing

  /// Something that a test needs of the machine. Without it the test is skipped, with the reason.
  extension Trait where Self == ConditionTrait {
    /// Root in a namespace where network namespaces can be made.
    package static var needsRoot: Self { .enabled("needs root") { geteuid() == 0 } }

    /// A program on PATH, or at a path.
    package static func needs(program name: String) -> Self {
      .enabled("needs the program \(name)") { Command.find(name) != nil }
    }

    /// A feature that a kernel may lack.
    package static func needs(kernel feature: KernelFeature) -> Self {
      .enabled("needs a kernel with \(feature.rawValue)") { feature.isThere }
    }
  }
#endif

/// Features that some machines' kernels lack. Each is tried in a scratch namespace, once in a test run.
package enum KernelFeature: String, CaseIterable, Sendable {
  case bridge = "bridge"
  case vlanFiltering = "VLAN filtering on bridges"
  case macvlan = "macvlan"
  case dummy = "dummy"
  case nftables = "nftables"
  case shaping = "tbf, htb, ifb, mirred and u32 or matchall"
  case flower = "flower and matchall"

  package var isThere: Bool { Self.found[self] ?? false }

  private static let found = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.probe()) })

  private func probe() -> Bool {
    guard geteuid() == 0, Command.find("ip") != nil else { return false }
    let tried = try? withNetworkNamespace { namespace in
      switch self {
      case .bridge: try namespace.run("ip", "link", "add", "x0", "type", "bridge")
      case .vlanFiltering: try namespace.run("ip", "link", "add", "x0", "type", "bridge", "vlan_filtering", "1")
      case .macvlan:
        try namespace.run("ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1")
        try namespace.run("ip", "link", "add", "link", "x0", "name", "x2", "type", "macvlan", "mode", "bridge")
      case .dummy: try namespace.run("ip", "link", "add", "x0", "type", "dummy")
      case .nftables: try namespace.run("nft", "add", "table", "inet", "x")
      case .shaping: try Self.shape(namespace)
      case .flower:
        try namespace.run("tc", "qdisc", "add", "dev", "lo", "ingress")
        for classifier in ["flower", "matchall"] {
          try namespace.run("tc", "filter", "add", "dev", "lo", "ingress", "protocol", "ip", classifier, "classid", "1:1")
        }
      }
      return true
    }
    return tried ?? false
  }

  private static func shape(_ namespace: ScratchNamespace) throws {
    try namespace.run("ip", "link", "add", "x0", "type", "ifb")
    try namespace.run("ip", "link", "add", "x1", "type", "ifb")
    try namespace.run("tc", "qdisc", "add", "dev", "x0", "root", "tbf", "rate", "1mbit", "burst", "10kb", "limit", "10kb")
    try namespace.run("tc", "qdisc", "add", "dev", "x1", "root", "htb")
    try namespace.run("tc", "qdisc", "add", "dev", "x0", "ingress")
    let redirect = ["action", "mirred", "egress", "redirect", "dev", "x1"]
    for match in [["u32", "match", "u32", "0", "0"], ["matchall"]] {
      let words = ["tc", "filter", "add", "dev", "x0", "ingress", "protocol", "all"] + match + redirect
      if try Command(words).run(in: namespace).succeeded { return }
    }
    throw Missing()
  }

  private struct Missing: Error {}
}
