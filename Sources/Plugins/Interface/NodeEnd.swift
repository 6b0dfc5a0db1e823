import CNI
import Netlink
import NetworkTypes
import System

/// The node's end of a veth pair, as its ADD made it. The Pod cannot touch it, so it tells whose the pair is.
package struct NodeEnd: Sendable {
  let name: InterfaceName
  let mac: MACAddress
  /// Nil if nobody noted it.
  let index: Int32?

  /// How many names an attachment may use. Another link may have the first ones.
  static let attempts = 4

  /// Name and address for an attachment. No two attachments of a node may have the same container ID and interface name.
  ///
  /// The name is `veth` and eight hexadecimal digits, as the reference plugins write it. The address begins with `fe`, like those
  /// that libvirt gives to its taps: a bridge without an address of its own takes its ports' lowest one, which is then another
  /// port's.
  init(of containerID: ContainerID, _ ifName: InterfaceName, attempt: Int) {
    self.init(bits: StableHash.of("\(containerID)@\(ifName)@\(attempt)"))
  }

  /// A random name and address, for an end that is named after no attachment.
  init() throws(DelegateError) {
    var bits: UInt64 = 0
    for byte in try system({ () throws(SystemError) in try RandomBytes.get(8) }) { bits = bits << 8 | UInt64(byte) }
    self.init(bits: bits)
  }

  private init(bits: UInt64) {
    let digits = String(bits >> 32 | 1 << 32, radix: 16).dropFirst()
    // The name must not tell the address, nor the other way round: mix the bits once more.
    let mixed = StableHash.mix(bits)
    let bytes = (0..<5).map { UInt8(truncatingIfNeeded: mixed >> (8 * $0)) }
    guard let name = try? InterfaceName(Self.prefix + digits), let mac = MACAddress(bytes: [0xfe] + bytes) else {
      preconditionFailure("twelve letters and digits make a name, six bytes an address")
    }
    (self.name, self.mac, index) = (name, mac, nil)
  }

  private init?(_ interface: CNIResult.Interface) {
    guard interface.sandbox.isEmpty, Self.isName(interface.name), let name = try? InterfaceName(interface.name),
      let mac = try? MACAddress(interface.mac)
    else { return nil }
    (self.name, self.mac, index) = (name, mac, interface.numbers?.index)
  }

  /// The ends that an attachment may have.
  package static func all(of containerID: ContainerID, _ ifName: InterfaceName) -> [NodeEnd] {
    (0..<attempts).map { NodeEnd(of: containerID, ifName, attempt: $0) }
  }

  /// The ends that a result names.
  package static func ends(_ result: CNIResult) -> [NodeEnd] { result.interfaces.compactMap { NodeEnd($0) } }

  /// The links that still are these ends.
  ///
  /// The node may give an end another name or address, and the kernel may give its index, and somebody its name, to another link. Of name,
  /// address and index two must agree.
  package static func links(of ends: [NodeEnd], in host: NodeNamespace) throws(DelegateError) -> [Link] {
    guard !ends.isEmpty else { return [] }
    let found = try netlink { () throws(NetlinkError) in
      try host.route.links(named: ends.map(\.name), indices: ends.compactMap(\.index))
    }
    var links: [Link] = []
    for link in (found.named + found.indexed).compactMap({ $0 }) where !links.contains(where: { $0.index == link.index }) {
      if ends.contains(where: { $0.isSame(as: link) }) { links.append(link) }
    }
    return links
  }

  /// Deletes these ends; false if none of them is there.
  @discardableResult
  package static func delete(_ ends: [NodeEnd], in host: NodeNamespace) throws(DelegateError) -> Bool {
    let links = try links(of: ends, in: host)
    for link in links {
      try netlink { () throws(NetlinkError) in _ = try host.route.deleteLink(index: link.index, label: link.name) }
    }
    return !links.isEmpty
  }

  private func isSame(as link: Link) -> Bool {
    let signs = [link.name == name.text, link.mac == mac, link.index == index]
    return link.kind == .veth && signs.count { $0 } >= 2
  }

  private static let prefix = "veth"

  private static func isName(_ name: String) -> Bool {
    let digits = name.utf8.dropFirst(prefix.utf8.count)
    return name.hasPrefix(prefix) && digits.count == 8
      && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

extension CNIResult {
  /// The container's interface of a call; nil if the result does not list it.
  func interface(of call: DelegateCall) -> Interface? {
    interfaces.last { $0.name == call.ifName.text && !$0.sandbox.isEmpty }
  }
}
