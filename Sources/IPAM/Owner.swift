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

  /// Reads a reservation: container ID, CR LF, interface. Nil if the bytes are anything else: the file is somebody else's.
  init?(reservation bytes: [UInt8]) {
    let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }.map(Self.trimmed)
    guard let first = lines.first, let id = try? ContainerID(String(decoding: first, as: UTF8.self)) else { return nil }
    guard lines.count > 1, !lines[1].isEmpty else {
      self.init(containerID: id.text, interface: "")
      return
    }
    guard let text = String(validating: lines[1], as: UTF8.self), let name = try? InterfaceName(text) else { return nil }
    self.init(id, name)
  }

  /// Whether a reservation has no owner yet, because its maker was killed, or no longer, because a power cut emptied it. After a power
  /// cut a file may also consist of zero bytes, or contain some.
  static func isMissing(in bytes: [UInt8]) -> Bool {
    bytes.contains(0) || bytes.allSatisfy { isBlank($0) || $0 == 0x0a || $0 == 0x0d }
  }

  private static func isBlank(_ c: UInt8) -> Bool { c == 0x20 || c == 0x09 }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line.drop(while: isBlank)
    while let last = line.last, isBlank(last) { line.removeLast() }
    return line
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
