import Diagnostics
import NetworkTypes

/// What is wrong with the texts of plugins' keys.
extension TextFormat {
  /// For an address that must have a prefix length.
  func prefix(_ text: String) -> Problem? {
    do throws(NetworkTypeError) {
      let cidr = try CIDR(text)
      guard case .subnet = self, cidr.network != cidr else { return nil }
      return Problem(
        message: "\(quoted(text)) is an address in the subnet \(cidr.network)",
        help: "write \(cidr.network), or another prefix length")
    } catch {
      if let address = try? IPAddress(text) {
        let length = address.family == .ipv4 ? 24 : 64
        let whole = (try? CIDR(address, prefixLength: length)).map { isSubnet ? $0.network : $0 }
        return Problem(
          message: "\(quoted(text)) has no prefix length",
          help: whole.map { "write \($0) if the network has \(length) bits" })
      }
      return Problem(
        message: error.description,
        help: "write an address and a prefix length, such as \(isSubnet ? "10.1.0.0/16" : "10.1.2.3/16")")
    }
  }

  private var isSubnet: Bool { if case .subnet = self { true } else { false } }

  /// Interface plugins of ours, which give no addresses.
  static var noIPAM: [String] { KnownPlugin.chain.filter(\.isBuiltIn).map(\.type) }

  func ipamType(_ text: String) -> Problem? {
    guard Self.noIPAM.contains(text) else { return nil }
    return Problem(
      message: "\(quoted(text)) makes an interface and gives no addresses",
      help: "write \(Self.listed(KnownPlugin.ipams.map(\.type)))")
  }

  func word(_ text: String, of words: [String]) -> Problem? {
    guard !words.contains(text) else { return nil }
    let close = Suggestion.closest(to: text, among: words)
    let known = words.count == 1 ? words[0] : Self.listed(words)
    return Problem(
      message: "unknown value \(quoted(text))",
      help: close.map { "did you mean \(quoted($0))? Known are \(words.joined(separator: ", "))" } ?? "write \(known)")
  }

  private static func listed(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
}
