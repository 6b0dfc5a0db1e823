import Diagnostics
import NetworkTypes

/// The name of a sysctl of the network (sysctl(8)): `net.ipv4.conf.IFNAME.arp_filter`. Slashes may stand for dots.
package struct SysctlKey: Hashable, Sendable {
  /// As it is written.
  package let text: String
  /// The parts below `/proc/sys/net`, two or more. None is empty, `.` or `..`, because dots separate them.
  private let parts: [String]

  /// Why a name cannot be used.
  package enum Problem: Error, Sendable {
    /// It is no sysctl of the network.
    case notOfNetwork(String)
    /// The kernel has one value for the whole node, although a network namespace has the file.
    case ofNode(String)
  }

  package init(_ text: String) throws(Problem) {
    let parts = text.split { $0 == "." || $0 == "/" }.map(String.init)
    guard parts.first == "net", parts.count > 2, !text.utf8.contains(0) else { throw .notOfNetwork(text) }
    (self.text, self.parts) = (text, Array(parts[1...]))
    guard !Self.ofNode.contains(path) else { throw .ofNode(text) }
  }

  /// The same for two spellings of one sysctl.
  var path: String { parts.joined(separator: "/") }

  /// The path below `/proc/sys/net`. The first `IFNAME` stands for the interface.
  package func path(_ interface: InterfaceName) -> String {
    let placeholder = "IFNAME"
    guard let found = path.firstRange(of: placeholder) else { return path }
    return path.replacingCharacters(found, with: interface.text)
  }

  /// The files in a network namespace that older or newer kernels let write, and whose value is the whole node's.
  ///
  /// `nf_conntrack_*` up to Linux 5.12, `tcp_allowed_congestion_control` up to 5.12, `debug_level` up to 5.15: they are read-only in later
  /// namespaces. `nf_hooks_lwtunnel` can be written still.
  private static let ofNode: Set<String> = [
    "netfilter/nf_conntrack_max", "netfilter/nf_conntrack_expect_max", "netfilter/nf_conntrack_buckets",
    "netfilter/nf_hooks_lwtunnel", "ipv4/netfilter/ip_conntrack_max", "ipv4/tcp_allowed_congestion_control",
    "ipv4/vs/debug_level",
  ]
}

extension SysctlKey.Problem {
  /// What is wrong, in the reference plugin's words where it refuses the same.
  var text: String {
    switch self {
    case .notOfNetwork(let key): "invalid net sysctl key: \(quoted(key))"
    case .ofNode(let key): "\(key) is a setting of the whole node, so no Pod may change it: set it on the node"
    }
  }

  /// What to do instead.
  var help: String {
    switch self {
    case .notOfNetwork: "write a sysctl of the network, such as net.ipv4.conf.IFNAME.arp_filter"
    case .ofNode: "remove it here, and set it on the node with sysctl(8)"
    }
  }
}

extension String {
  fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
