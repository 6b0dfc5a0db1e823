import JSON

/// Writes YAML as a person would: in block style, with short values on one line.
struct YAMLText {
  private(set) var text = ""
  /// The largest width of comments and short values, in columns.
  private static let width = 110

  mutating func line(_ line: String) { text += line + "\n" }

  /// Adds a comment of one or several lines. If it is an entry of a list, the lines after the first are indented.
  mutating func comment(_ comment: String, indent: Int = 0) {
    let start = String(repeating: " ", count: indent) + "# "
    var line = ""
    let next = comment.hasPrefix("- ") ? "  " : ""
    for word in comment.split(separator: " ").map({ Self.plain($0) }) {
      if !line.isEmpty, start.count + line.count + 1 + word.count > Self.width {
        self.line(start + line)
        line = next + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    self.line(start + line)
  }

  /// The text without characters that a comment cannot contain.
  private static func plain(_ word: Substring) -> String {
    String(String.UnicodeScalarView(word.unicodeScalars.map { isPrintable($0) ? $0 : "?" }))
  }

  /// Adds an entry of a list.
  mutating func item(_ value: JSON, indent: Int) {
    let start = String(repeating: " ", count: indent) + "- "
    guard let object = value.object, !object.isEmpty else { return line(start + Self.flow(value)) }
    if let short = Self.short(value, after: start) { return line(short) }
    for (i, member) in object.members.enumerated() {
      self.member(member, start: i == 0 ? start : String(repeating: " ", count: indent + 2), indent: indent + 2)
    }
  }

  private mutating func member(_ member: JSONObject.Member, start: String, indent: Int) {
    let start = start + Self.scalar(member.name) + ":"
    if let short = Self.short(member.value, after: start + " ") { return line(short) }
    line(start)
    switch member.value {
    case .object(let object):
      let inner = String(repeating: " ", count: indent + 2)
      for member in object.members { self.member(member, start: inner, indent: indent + 2) }
    case .array(let items): for item in items { self.item(item, indent: indent + 2) }
    default: break
    }
  }

  /// The value on one line. Nil if it is a collection and the line would be too long.
  private static func short(_ value: JSON, after start: String) -> String? {
    let line = start + flow(value)
    let isCollection = !(value.array?.isEmpty ?? true) || !(value.object?.isEmpty ?? true)
    return isCollection && line.count > width ? nil : line
  }

  static func flow(_ value: JSON) -> String {
    switch value {
    case .array(let items): "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
    case .object(let object): "{" + object.members.map { scalar($0.name) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
    case .string(let text): scalar(text)
    default: value.text()
    }
  }

  /// Words that some YAML reader does not take for a text.
  private static let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

  /// A text as a YAML scalar. It gets quotes unless every reader takes it for a text without them.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { (0x41...0x5a).contains($0 & 0xdf) || $0 == 0x2f } ?? false
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0 & 0xdf) && $0 >= 0x41 || [0x2d, 0x2e, 0x2f, 0x5f].contains($0)
      }
    if isPlain, !words.contains(text.lowercased()) { return text }
    if isAddress(text) { return text }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where isPrintable(scalar): out.unicodeScalars.append(scalar)
      default:
        let hex = String(scalar.value, radix: 16)
        out +=
          (scalar.value > 0xffff ? "\\U" : "\\u") + String(repeating: "0", count: (scalar.value > 0xffff ? 8 : 4) - hex.count)
          + hex
      }
    }
    return out + "\""
  }

  /// `10.1.0.0/16` and `1.0.0`: no reader takes a text with two dots for a number.
  private static func isAddress(_ text: String) -> Bool {
    text.utf8.count { $0 == 0x2e } >= 2 && (text.utf8.first.map { (0x30...0x39).contains($0) } ?? false)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e || $0 == 0x2f }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7f, 0xa0..<0x200b, 0x2010..<0x2028, 0x2030..<0x2066, 0x2070..<0xd800, 0xe000..<0xfeff, 0xff00..<0xfff0,
      0x10000...0x10ffff:
      true
    default: false
    }
  }
}
