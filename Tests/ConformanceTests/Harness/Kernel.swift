import Foundation
import Glibc
import JSON
import TestSupport

/// The kernel's state, as `ip -d -j` prints it.
extension ScratchNamespace {
  /// A link with its details. Null if there is no link of this name.
  func link(_ name: String) -> JSON {
    ((try? json(.ip, "-d", "link", "show", "dev", name)) ?? .null)[0]
  }

  /// The names of all links but the loopback.
  func links() throws -> [String] {
    try json(.ip, "link", "show").list.map { $0["ifname"].text }.filter { $0 != "lo" }
  }

  /// A link's addresses except link-local ones: "10.1.0.2/24", IPv4 first.
  func addresses(_ name: String) throws -> [String] { try addresses(name) { $0["scope"] != "link" } }

  /// The same, with the flags and lifetimes of each.
  func addresses(_ name: String, where wanted: (JSON) -> Bool) throws -> [String] {
    try json(.ip, "address", "show", "dev", name)[0]["addr_info"].list.filter(wanted)
      .map { "\($0["local"].text)/\($0["prefixlen"].int ?? -1)" }
  }

  /// The main table without routes that the kernel adds itself: "default via 10.1.0.1 dev eth0".
  func routes() throws -> Set<String> {
    let all = try json(.ip, "-4", "route", "show").list + json(.ip, "-6", "route", "show").list
    return Set(
      all.filter { $0["protocol"] != "kernel" && !$0["dst"].text.hasPrefix("fe80") && !$0["dst"].text.hasPrefix("multicast") }
        .map { route in
          let gateway = route["gateway"].string.map { " via \($0)" } ?? ""
          return "\(route["dst"].text)\(gateway) dev \(route["dev"].text)"
        })
  }

  /// A sysctl, or a file below /sys/class/net, as it reads in the namespace.
  func sysctl(_ key: String) throws -> String { try run("sysctl", "-n", key).trimmingCharacters(in: .whitespacesAndNewlines) }

  /// Whether an echo request is answered within this many seconds.
  func pings(_ address: String, seconds: Int = 10) throws -> Bool {
    try Command("ping", "-c", "1", "-i", "0.2", "-w", "\(seconds)", address).run(in: self).stdout.contains(" bytes from ")
  }
}

extension Bench {
  /// A pair of links in the node, both up: the first can be a master, the second stands for the network behind it.
  func makeMaster(_ name: String = "nic0", behind: String = "lan0", mtu: Int = 1500) throws {
    try node.run("ip", "link", "add", name, "mtu", "\(mtu)", "type", "veth", "peer", "name", behind, "mtu", "\(mtu)")
    try node.run("ip", "link", "set", name, "up")
    try node.run("ip", "link", "set", behind, "up")
  }

  /// The reservations of a network: the address and the file's text.
  func reservations(_ network: String = "net1") throws -> [String: String] {
    var found: [String: String] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(dataDir)/\(network)")) ?? [] {
      guard name != "lock", !name.hasPrefix("."), !name.hasPrefix("last_reserved_ip.") else { continue }
      found[name] = try String(contentsOfFile: "\(dataDir)/\(network)/\(name)", encoding: .utf8)
    }
    return found
  }

  /// The addresses that are reserved, sorted.
  func reserved(_ network: String = "net1") throws -> [String] { try reservations(network).keys.sorted() }

  /// The text of a file of a network in host-local's directory.
  func file(_ name: String, of network: String = "net1") throws -> String {
    try String(contentsOfFile: "\(dataDir)/\(network)/\(name)", encoding: .utf8)
  }
}
