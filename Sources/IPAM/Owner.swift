import CNI
import NetworkTypes

/// The owner of a reservation: an interface of a container.
package struct Owner: Hashable, Sendable, CustomStringConvertible {
  package let containerID: String
  /// Empty in reservations of old releases of the reference plugin, which name only the container.
  package let interface: String

  package static func == (a: Self, b: Self) -> Bool {
    a.containerID.utf8.elementsEqual(b.containerID.utf8) && a.interface.utf8.elementsEqual(b.interface.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in containerID.utf8 { hasher.combine(byte) }
    for byte in interface.utf8 { hasher.combine(byte) }
  }

  package init(containerID: String, interface: String) { (self.containerID, self.interface) = (containerID, interface) }

  init(_ id: ContainerID, _ ifName: InterfaceName) { self.init(containerID: id.text, interface: ifName.text) }

  /// The same container without an interface, as old releases recorded it.
  var withoutInterface: Owner { Owner(containerID: containerID, interface: "") }

  /// The largest reservation that is read, in bytes.
  static let reservationLimit = 1 << 12

  /// Reads a reservation: container ID, CR LF, interface.
  ///
  /// Nil if the file is empty, because its maker was killed. Also nil if the file contains a zero byte: a power cut leaves such
  /// files, and no identifier contains one.
  init?(reservation bytes: [UInt8]) {
    let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }.map { line in
      String(decoding: line.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }
    guard let id = lines.first, !id.isEmpty, !bytes.contains(0) else { return nil }
    self.init(containerID: id, interface: lines.count > 1 ? lines[1] : "")
  }

  /// The contents of a reservation, byte for byte as the reference plugin writes them.
  var reservation: [UInt8] { Array("\(containerID)\r\n\(interface)".utf8) }

  /// The name of the owner's file in the index. A container ID contains neither `@` nor `+`, so two owners never share a file.
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
