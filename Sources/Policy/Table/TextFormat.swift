import CNI
import Diagnostics
import NetworkTypes

/// What a string of the policy must look like.
enum TextFormat: Sendable {
  case apiVersion
  case kind
  case networkName
  case interfaceName
  /// The executable's name of a plugin.
  case pluginType
  case specVersion
  /// A rule's name: 1 to 253 printable characters.
  case ruleName
  /// A pattern for namespaces and Pod names.
  case nameGlob
  /// A pattern for values of annotations.
  case valueGlob
  case annotationKey

  /// Why a text does not fit, with what would be right.
  struct Problem {
    var code = DiagnosticCode.invalidValue
    let message: String
    var help: String?
  }

  func problem(with text: String) -> Problem? {
    switch self {
    case .apiVersion:
      text == "braid/v1"
        ? nil
        : Problem(
          code: .unknownAPIVersion, message: "unknown apiVersion \(quoted(text))", help: "write braid/v1, the only one known")
    case .kind:
      text == "Policy"
        ? nil : Problem(code: .unknownKind, message: "unknown kind \(quoted(text))", help: "write Policy, the only one known")
    case .networkName: networkName(text)
    case .interfaceName: interfaceName(text)
    case .pluginType: pluginType(text)
    case .specVersion: specVersion(text)
    case .ruleName: ruleName(text)
    case .nameGlob: glob(text, isName: true)
    case .valueGlob: glob(text, isName: false)
    case .annotationKey:
      text.isEmpty || text.utf8.count > 512 ? Problem(message: "the name of an annotation has 1 to 512 bytes") : nil
    }
  }

  private func networkName(_ text: String) -> Problem? {
    do {
      _ = try NetworkName(text)
      return nil
    } catch {
      return Problem(
        message: "\(quoted(text)) cannot name a network",
        help: "start with a letter or digit, go on with letters, digits, \"_\", \".\" and \"-\", 200 characters at most")
    }
  }

  private func interfaceName(_ text: String) -> Problem? {
    do {
      _ = try InterfaceName(text)
      return nil
    } catch {
      return Problem(
        message: "\(quoted(text)) cannot name an interface", help: "1 to 15 bytes, without \"/\", \":\" and white space")
    }
  }

  private func pluginType(_ text: String) -> Problem? {
    if text.isEmpty { return Problem(message: "the type of a plugin is empty") }
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
      help: "known are \(SpecVersion.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private func ruleName(_ text: String) -> Problem? {
    guard !text.isEmpty, text.utf8.count <= 253,
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) })
    else { return Problem(message: "\(quoted(text)) cannot name a rule", help: "1 to 253 bytes on one line") }
    return nil
  }

  private func glob(_ text: String, isName: Bool) -> Problem? {
    do { _ = try Glob(text) } catch {
      switch error {
      case .empty where !isName: return nil
      case .empty: return Problem(message: "an empty pattern matches nothing", help: "write \"*\" for every name")
      case .tooLong: return Problem(message: "the pattern is longer than \(Glob.maximumLength) bytes")
      case .danglingEscape:
        return Problem(message: "the pattern ends with a backslash", help: "write \"\\\\\" twice for the character itself")
      }
    }
    guard isName, let odd = text.first(where: { "[]{}!".contains($0) }) else { return nil }
    return Problem(
      message: "\"\(odd)\" has no meaning in a pattern, and no name contains it",
      help: "patterns know * (any characters) and ? (one); list several patterns")
  }
}
