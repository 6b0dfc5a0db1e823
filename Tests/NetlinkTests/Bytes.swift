import CLinux
import NetworkTypes

@testable import Netlink

/// Reads hexadecimal digits, white space between them allowed.
func bytes(_ hexadecimal: String) -> [UInt8] {
  let digits = hexadecimal.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// The content of a message without the order of its attributes: type, flags, fixed header, and attributes, including nested ones.
struct Meaning: Equatable, CustomStringConvertible {
  let description: String

  /// `header` is the size of the fixed header between netlink's header and the attributes. `nests` are the paths of attributes that contain
  /// attributes, each with the size of the header before those.
  init?(_ message: [UInt8], header: Int, nests: [[Int]: Int] = [:]) {
    guard let message = try? Message.all(in: message).first else { return nil }
    var lines = ["type \(message.type) flags \(message.flags)", Self.text(message.payload.prefix(header))]
    lines += Self.lines(message.payload.dropFirst(header), path: [], nests)
    description = lines.joined(separator: "\n")
  }

  private static func lines(_ bytes: ArraySlice<UInt8>, path: [Int], _ nests: [[Int]: Int]) -> [String] {
    ((try? Attributes(bytes))?.all ?? []).flatMap { attribute -> [String] in
      let here = path + [attribute.type]
      guard let skipped = nests[here] else { return ["\(here): \(text(attribute.value))"] }
      return ["\(here): \(text(attribute.value.prefix(skipped)))"]
        + lines(attribute.value.dropFirst(skipped), path: here, nests)
    }.sorted()
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Request {
  func meaning(header: Int, nests: [[Int]: Int] = [:]) -> Meaning? {
    Meaning(message.bytes, header: header, nests: nests)
  }
}

// Literals in tests are valid, so `try!` cannot fail.
func name(_ text: String) -> InterfaceName { try! InterfaceName(text) }
func cidr(_ text: String) -> CIDR { try! CIDR(text) }
func ip(_ text: String) -> IPAddress { try! IPAddress(text) }
func mac(_ text: String) -> MACAddress { try! MACAddress(text) }

/// A link for requests, decoded from captured bytes.
func captured(_ datagram: [UInt8]) throws -> Link {
  guard let message = try Message.all(in: datagram).first, let link = try Link(message) else { throw NoLink() }
  return link
}

/// The first bytes of a message, with a length field that fits.
func cut(_ message: [UInt8], to length: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(length), Array.init) + message[4..<length] }

/// The kind of a link with this IFLA_LINKINFO.
func kind(_ name: String, _ data: (inout MessageWriter) -> Void) throws -> LinkKind {
  try captured(
    Reply.message(Int32(RTM_NEWLINK), 0) {
      $0.header(ifinfomsg(index: 7))
      $0.attribute(LinkAttribute.name, string: "a")
      $0.nest(LinkAttribute.info) {
        $0.attribute(LinkAttribute.Info.kind, string: name)
        $0.nest(LinkAttribute.Info.data, data)
      }
    }
  ).kind
}

/// A kind of link that is written into a request and read back.
func kind(_ request: Request) throws -> LinkKind { try captured(request.message.bytes).kind }

struct NoLink: Error {}
