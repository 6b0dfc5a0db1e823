import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension PolicyText {
  typealias Problem = TextFormat.Problem

  /// The kind of Multus's network objects.
  static let definition = "NetworkAttachmentDefinition"
  /// How the `apiVersion` of such objects begins.
  static let definitionGroup = "k8s.cni.cncf.io/"

  private static let importing = "this belongs to Multus: braidctl import converts it into a policy"

  /// Characters with a meaning in other pattern languages. No name contains them, so they are probably meant as such patterns.
  private static let meaningless = Array("[]{}!".utf8)

  package func problem(with text: String) -> Problem? {
    switch self {
    case .apiVersion:
      text == "braid/v1"
        ? nil
        : Problem(
          code: .unknownAPIVersion, message: "unknown apiVersion \(quoted(text))",
          help: text.hasPrefix(Self.definitionGroup)
            ? Self.importing
            : (text.hasPrefix("braid/v") ? nil : Self.meant(text, "braid/v1")) ?? "write braid/v1, the only known version")
    case .kind:
      text == "Policy"
        ? nil
        : Problem(
          code: .unknownKind, message: "unknown kind \(quoted(text))",
          help: text == Self.definition
            ? Self.importing
            : Self.meant(text, Self.definition).map { "\($0) braidctl import converts one into a policy" }
              ?? Self.meant(text, "Policy") ?? "write Policy, the only known kind")
    case .networkName: networkName(text)
    case .pluginType: pluginType(text)
    case .specVersion: specVersion(text)
    case .ruleName: ruleName(text)
    case .nameGlob: glob(text, isName: true)
    case .valueGlob: glob(text, isName: false)
    case .valueKey:
      text.isEmpty || text.utf8.count > 512
        ? Problem(message: "the name must have 1 to 512 bytes", help: "write the name of an annotation, label or argument") : nil
    case .addressOrPrefix:
      TextFormat.problem(text, TextFormat.addressHelp) { (text) throws(NetworkTypeError) in _ = try AddressRequest(text) }
    case .transport: transport(text)
    case .portRange: portRange(text)
    case .family: family(text)
    }
  }

  private static func meant(_ text: String, _ word: String) -> String? {
    Suggestion.closest(to: text, among: [word]).map { "did you mean \(quoted($0))?" }
  }

  private func networkName(_ text: String) -> Problem? {
    guard (try? NetworkName(text)) == nil else { return nil }
    return Problem(
      message: "\(quoted(text)) cannot name a network",
      help: "write a letter or digit, then letters, digits, \"_\", \".\" and \"-\", at most 200 characters")
  }

  private func pluginType(_ text: String) -> Problem? {
    if text.isEmpty {
      return Problem(message: "the type of a plugin is empty", help: "write the plain name of its executable, such as bridge")
    }
    guard text.utf8.count <= 255, text != ".", text != "..",
      !text.utf8.contains(where: { $0 == 0x2f || $0 <= 0x20 || $0 == 0x7f })
    else {
      return Problem(
        message: "\(quoted(text)) cannot be the type of a plugin",
        help: "write the plain name of its executable, such as bridge: it is looked up on CNI_PATH")
    }
    return nil
  }

  private func specVersion(_ text: String) -> Problem? {
    guard SpecVersion(rawValue: text) == nil else { return nil }
    return Problem(
      message: "unknown CNI version \(quoted(text))",
      help: "write one of \(SpecVersion.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private func ruleName(_ text: String) -> Problem? {
    let isPlain = !text.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }
    guard text.isEmpty || text.utf8.count > 253 || !isPlain else { return nil }
    return Problem(message: "\(quoted(text)) cannot name a rule", help: "write 1 to 253 bytes on one line")
  }

  private func glob(_ text: String, isName: Bool) -> Problem? {
    do { _ = try Glob(text) } catch {
      switch error {
      case .empty where !isName: return nil
      case .empty: return Problem(message: "an empty pattern matches nothing", help: "write \"*\" for every name")
      case .tooLong:
        return Problem(message: "the pattern is longer than \(Glob.maximumLength) bytes", help: "write several shorter patterns")
      case .danglingEscape:
        return Problem(
          message: "the pattern ends with a backslash",
          help: "write two backslashes for a literal one: a backslash makes the next character literal")
      }
    }
    guard isName, let odd = text.utf8.first(where: { Self.meaningless.contains($0) }) else { return nil }
    return Problem(
      message: "\"\(Character(Unicode.Scalar(odd)))\" has no meaning in a pattern, and no name contains it",
      help: "a pattern has only * (any characters) and ? (one character): write several patterns instead")
  }

  private func family(_ text: String) -> Problem? {
    guard text != "ipv4", text != "ipv6" else { return nil }
    let help = Boolean.meant(by: text).map { "write \($0), without quotes: in YAML 1.2 the word \(quoted(text)) is a string" }
    return Problem(message: "unknown family \(quoted(text))", help: help ?? "write ipv4, ipv6, true or false")
  }

  private func portRange(_ text: String) -> Problem? {
    guard ClosedRange(ports: text) == nil else { return nil }
    return Problem(
      message: "\(quoted(text)) is no range of ports", help: "write two numbers from 1 to 65535, the lower first: 30000-32767")
  }

  private func transport(_ text: String) -> Problem? {
    let known = ["tcp", "udp", "sctp"]
    guard !known.contains(text.lowercased()) else { return nil }
    return Problem(message: "unknown protocol \(quoted(text))", help: "write tcp, udp or sctp")
  }
}

extension ClosedRange<Int> {
  /// A port, or a range such as `30000-32767`. Nil for a text that is neither, and for ports outside of 1 to 65535.
  init?(ports text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> Int? in
      guard (1...5).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return Int(String(decoding: part, as: UTF8.self))
    }
    guard numbers.count == parts.count, numbers.count <= 2, let first = numbers.first, let last = numbers.last, first <= last,
      first >= 1, last <= 65535
    else { return nil }
    self = first...last
  }
}

/// Words that people write for true and false.
enum Boolean {
  static func meant(by text: String) -> String? {
    switch text.lowercased() {
    case "yes", "on", "y", "true", "1": "true"
    case "no", "off", "n", "false", "0": "false"
    default: nil
    }
  }
}
