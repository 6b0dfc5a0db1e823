import CNI
import NetworkTypes

/// An attachment's file name, lock and link group in the record store.
extension Attachment {
  /// Reads the name of a record's file; nil for any other name. A container ID contains no `@`, so the first one separates the
  /// two parts.
  init?(file: String) {
    guard file.utf8.suffix(5).elementsEqual(".json".utf8) else { return nil }
    let parts = String(decoding: file.utf8.dropLast(5), as: UTF8.self).split(at: "@", maxSplits: 1)
    guard parts.count == 2, let id = try? ContainerID(parts[0]), let name = try? InterfaceName(parts[1]) else { return nil }
    self.init(id, name)
  }

  var file: String { "\(containerID)@\(ifName).json" }

  /// File names have at most 255 bytes, and `Directory.replace` adds five.
  var fitsFileName: Bool { file.utf8.count <= 250 }

  /// The group of the attachment's links in the container's namespace. It is never 0, the group of all links that have none.
  var linkGroup: UInt32 { UInt32(truncatingIfNeeded: hash) & 0x3fff_ffff | 0x4000_0000 }

  /// Whether a link of the group was made by an ADD of Braid, as far as the group tells.
  static func isOurGroup(_ group: UInt32) -> Bool { group & 0xc000_0000 == 0x4000_0000 }

  /// FNV-1a, cut to the range of a file offset. Two attachments with the same hash only wait for each other.
  var hash: Int64 {
    let hash = "\(containerID)@\(ifName)".utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return Int64(hash >> 2)
  }
}
