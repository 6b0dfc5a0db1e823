import CNI
import Netlink
import NetworkTypes
import System

/// The link of the node through which an attachment's packets leave within a limit.
struct EgressIFB {
  let name: InterfaceName
  /// The address tells the network, so that GC finds the network's links. It also keeps systemd-udevd from setting one.
  let mac: MACAddress
  /// A text for people, and for GC. Nil if it would be too long for the kernel.
  let alias: String?

  init(_ network: NetworkName, _ attachment: Attachment) {
    let words = Self.alias(of: network, attachment.containerID) + attachment.ifName
    let digits = String(StableHash.of(words) >> 16 | 1 << 48, radix: 16).dropFirst()
    guard let name = try? InterfaceName(Self.prefix + digits) else { preconditionFailure("15 letters and digits make a name") }
    self.name = name
    mac = Self.mac(of: network)
    alias = words.utf8.count <= Self.longestAlias ? words : nil
  }

  init(_ network: NetworkName, _ call: DelegateCall) { self.init(network, Attachment(call.containerID, call.ifName)) }

  /// The start of the aliases of a container's links.
  static func alias(of network: NetworkName, _ containerID: String) -> String { "\(network) \(containerID) " }

  private static let prefix = "ifb"
  /// IFALIASZ of linux/if.h, with the final zero byte.
  private static let longestAlias = 255

  private static func mac(of network: NetworkName) -> MACAddress {
    let bits = StableHash.of("ifb \(network)")
    guard let mac = MACAddress(bytes: [0xfe] + (0..<5).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }) else {
      preconditionFailure("six bytes make an address")
    }
    return mac
  }

  /// Whether a link is this one.
  func isSame(as link: Link) -> Bool { link.kind == .ifb && link.name == name.text }

  /// The links that ADDs of a network have made.
  static func links(of network: NetworkName, in host: NodeNamespace) throws(DelegateError) -> [Link] {
    let mac = mac(of: network)
    return try netlink { () throws(NetlinkError) in try host.route.ifbs() }
      .filter { $0.mac == mac && $0.name.hasPrefix(prefix) && $0.name.utf8.count == 15 }
  }

  /// Those of them that belong to no attachment of `valid`.
  static func garbage(
    of network: NetworkName, keeping valid: [Attachment], in host: NodeNamespace
  ) throws(DelegateError) -> [Link] {
    let links = try links(of: network, in: host)
    guard !links.isEmpty else { return [] }
    let kept = Set(valid.filter { !$0.ifName.isEmpty }.map { EgressIFB(network, $0).name.text })
    let whole = valid.filter(\.ifName.isEmpty).map { alias(of: network, $0.containerID) }
    return links.filter { link in
      guard !kept.contains(link.name) else { return false }
      guard !whole.isEmpty else { return true }
      // Everything of these containers stays, so a link that does not tell its container stays too.
      guard let alias = link.alias else { return false }
      return !whole.contains { alias.hasPrefix($0) }
    }
  }
}

/// The link that the reference plugin makes for the same purpose. Two attachments of one container to one network share it.
struct ReferenceIFB {
  let name: InterfaceName

  init(_ network: NetworkName, _ containerID: ContainerID) {
    let hash = SHA512.hash(Array("\(network)\(containerID)".utf8))
    let digits = hash.prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    guard let name = try? InterfaceName("bwp" + digits) else { preconditionFailure("15 letters and digits make a name") }
    self.name = name
  }

  /// Whether a link is the one of an attachment with this result. Without a result the name alone decides, as with the reference plugin.
  func isOwn(_ link: Link, _ result: CNIResult?) -> Bool {
    guard link.kind == .ifb, link.name == name.text else { return false }
    return result?.interfaces.contains { $0.name == link.name && $0.sandbox.isEmpty } ?? true
  }
}
