import CNI
import NetworkTypes
import System

/// The attachment that an element of the ruleset belongs to, as the element's comment names it.
struct ElementOwner: Hashable, Sendable {
  /// `container CONTAINER interface IFNAME network NETWORK`. Two attachments never have the same.
  let comment: String

  /// The longest comment that nft(8) reads back, in bytes.
  private static let limit = 128

  init(_ call: DelegateCall, network: String) {
    self.init(containerID: call.containerID.text, ifName: call.ifName.text, network: network)
  }

  /// A comment that would be too long, or that nft(8) could not read back, has a short form with a number that stands for the whole text.
  init(containerID: String, ifName: String, network: String) {
    let whole = Self.start(ofContainer: containerID) + "interface \(ifName) network \(network)"
    guard !Self.isReadable(whole) else {
      comment = whole
      return
    }
    comment =
      Self.start(ofContainer: Self.short(containerID)) + "number \(Self.number(whole)) network \(Self.number(network))"
  }

  /// The starts that the comments of a container's elements may have.
  static func starts(ofContainer containerID: String) -> [String] {
    [start(ofContainer: containerID), start(ofContainer: short(containerID)) + "number "]
  }

  private static func start(ofContainer containerID: String) -> String { "container \(containerID) " }

  /// Whether a comment is that of one of the network's attachments.
  static func isOf(network: String, _ comment: String) -> Bool {
    comment.hasPrefix("container ")
      && (comment.hasSuffix(" network \(network)") || comment.hasSuffix(" network \(number(network))"))
  }

  private static func isReadable(_ text: String) -> Bool {
    text.utf8.count <= limit
      && text.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }

  /// The first letters and digits of a text that is too long, or has bytes that nft(8) cannot read back.
  private static func short(_ text: String) -> String {
    String(decoding: text.utf8.filter(\.isPlain).prefix(32), as: UTF8.self)
  }

  private static func number(_ text: String) -> String { String(StableHash.of(text), radix: 16) }
}

extension UInt8 {
  fileprivate var isPlain: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
  }
}
