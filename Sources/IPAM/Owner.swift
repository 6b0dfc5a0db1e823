import CNI
import NetworkTypes

/// Whom a reservation belongs to: a container's interface.
package struct Owner: Hashable, Sendable, CustomStringConvertible {
  package let containerID: String
  /// Empty in reservations of old releases of the reference plugin, which know only the container.
  package let interface: String

  package init(containerID: String, interface: String) { (self.containerID, self.interface) = (containerID, interface) }

  init(_ id: ContainerID, _ ifName: InterfaceName) { self.init(containerID: id.text, interface: ifName.text) }

  /// The owner as the same container had it in old releases.
  var withoutInterface: Owner { Owner(containerID: containerID, interface: "") }

  /// Reads a reservation: container ID, CR LF, interface. Nil if there is nothing in it: whoever made it was killed meanwhile. The
  /// zeros that a power cut leaves in a file are nothing too: no identifier has them.
  init?(reservation bytes: [UInt8]) {
    let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }.map { line in
      String(decoding: line.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }
    guard let id = lines.first, !id.isEmpty, !bytes.contains(0) else { return nil }
    self.init(containerID: id, interface: lines.count > 1 ? lines[1] : "")
  }

  /// What a reservation holds, byte for byte as the reference plugin writes it.
  var reservation: [UInt8] { Array("\(containerID)\r\n\(interface)".utf8) }

  /// The name of the owner's file in the index. A container ID never holds an `@`, nor a `+`.
  var file: String {
    let plain = "\(containerID)@\(interface)"
    if plain.utf8.count <= 200, !plain.utf8.contains(UInt8(ascii: "/")) { return plain }
    // FNV-1a of 128 bits.
    let hash = plain.utf8.reduce(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d as UInt128) {
      ($0 ^ UInt128($1)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
    return "+" + String(hash, radix: 16)
  }

  package var description: String {
    interface.isEmpty ? "container \(containerID)" : "container \(containerID), interface \(interface)"
  }
}
