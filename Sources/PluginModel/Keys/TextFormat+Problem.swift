import Diagnostics
import NetworkTypes

extension TextFormat {
  /// Why a text does not fit its format, and what to write instead.
  package struct Problem {
    package let code: DiagnosticCode
    package let message: String
    package let help: String?
    /// Whether the reference plugin takes the text, and only Braid's own refuses it.
    package let isOurRefusal: Bool

    package init(
      code: DiagnosticCode = .invalidValue, message: String, help: String? = nil, isOurRefusal: Bool = false
    ) {
      (self.code, self.message, self.help, self.isOurRefusal) = (code, message, help, isOurRefusal)
    }
  }

  package func problem(with text: String) -> Problem? {
    switch self {
    case .value: nil
    case .interfaceName: interfaceName(text)
    case .address: Self.problem(text, Self.addressHelp) { (text) throws(NetworkTypeError) in _ = try IPAddress(text) }
    case .mac: Self.problem(text, Self.macHelp) { (text) throws(NetworkTypeError) in _ = try MACAddress(ofInterface: text) }
    case .cidr, .subnet: prefix(text)
    case .absolutePath:
      Self.isAbsolutePath(text) ? nil : Problem(message: "\(quoted(text)) is not an absolute path", help: "start it with \"/\"")
    case .sysctl: sysctl(text)
    case .ipamType: ipamType(text)
    case .oneOf(let words): word(text, of: words)
    case .emptyOr(let format): text.isEmpty ? nil : format.problem(with: text)
    case .refusing(let word, let reason, let format):
      text == word ? Self.refusal(reason) : format.problem(with: text)
    case .refused(let reason): text.isEmpty ? nil : Self.refusal(reason)
    case .other(let rule): rule.problem(with: text)
    }
  }

  /// A path with a zero byte does not count: the kernel would cut it there.
  static func isAbsolutePath(_ text: String) -> Bool { text.utf8.first == UInt8(ascii: "/") && !text.utf8.contains(0) }

  private func interfaceName(_ text: String) -> Problem? {
    guard (try? InterfaceName(text)) == nil else { return nil }
    return Problem(
      message: "\(quoted(text)) cannot name an interface",
      help: "write 1 to 15 bytes without \"/\", \":\", \"%\", white space and control characters")
  }

  private func sysctl(_ text: String) -> Problem? {
    do throws(SysctlKey.Problem) {
      _ = try SysctlKey(text)
      return nil
    } catch { return Problem(message: error.text, help: error.help) }
  }

  /// The parser's error as a problem. Nil if it accepts the text.
  package static func problem(
    _ text: String, _ help: (String) -> String, _ parse: (String) throws(NetworkTypeError) -> Void
  ) -> Problem? {
    do throws(NetworkTypeError) {
      try parse(text)
      return nil
    } catch { return Problem(message: error.description, help: help(text)) }
  }

  /// Says what to write instead of a text that is not an address.
  package static func addressHelp(_ text: String) -> String {
    guard let cidr = try? CIDR(text) else { return "write an address such as 10.1.2.3 or fd00::3" }
    return "write \(cidr.address), without the prefix length"
  }

  private static func macHelp(_ text: String) -> String {
    if let mac = try? MACAddress(text), mac.isMulticast, !mac.ofSingleInterface.isZero, mac.bytes.contains(where: { $0 != 0xff })
    {
      return "write \(mac.ofSingleInterface), whose first byte is even"
    }
    return "write six pairs of hexadecimal digits, such as 02:00:00:00:00:01"
  }

  /// The problem of a `cidr` or `subnet`.
  private func prefix(_ text: String) -> Problem? {
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

  /// The built-in plugins of a chain. They give no addresses, so `ipam` cannot name them.
  package static var noIPAM: [String] { Plugin.chain.filter(\.isBuiltIn).map(\.type) }

  private func ipamType(_ text: String) -> Problem? {
    guard Self.noIPAM.contains(text) else { return nil }
    return Problem(
      message: "\(quoted(text)) makes an interface and gives no addresses",
      help: "write \(Self.listed(Plugin.ipams.map(\.type)))")
  }

  private static func refusal(_ reason: String) -> Problem { Problem(message: reason, help: "remove it", isOurRefusal: true) }

  private func word(_ text: String, of words: [String]) -> Problem? {
    guard !words.contains(text) else { return nil }
    let close = Suggestion.closest(to: text, among: words)
    let known = words.count == 1 ? words[0] : Self.listed(words)
    return Problem(
      message: "unknown value \(quoted(text))",
      help: close.map { "did you mean \(quoted($0))? Known values are \(words.joined(separator: ", "))" } ?? "write \(known)")
  }

  private static func listed(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
}
