import Diagnostics

/// Texts in a picture: on one line, without what could garble it, and of a known width.
///
/// Widths are in columns, as a terminal counts them: the pictures have fonts whose characters are all of one width.
enum PictureText {
  static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + DisplayWidth.of($1) } }

  /// The text without what could garble a picture.
  static func harmless(_ text: String) -> String { Diagnostics.harmless(text, limit: 1000) }

  /// At most `columns` of the text, with an ellipsis where something is missing.
  static func cut(_ text: String, to columns: Int) -> String {
    width(text) <= columns ? text : prefix(text[...], columns - 1) + "…"
  }

  /// The text in lines of at most `columns`, broken at blanks where there are any; what is beyond `lines` of them is missing.
  static func wrap(_ text: String, columns: Int, lines limit: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, width(line) + 1 + width(String(word)) <= columns {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var rest = word
      while width(String(rest)) > columns, lines.count <= limit {
        let part = prefix(rest, columns)
        lines.append(part)
        rest = rest.dropFirst(part.count)
      }
      line = String(rest)
      if lines.count > limit { break }
    }
    if !line.isEmpty { lines.append(line) }
    guard lines.count > limit else { return lines }
    return lines.prefix(limit - 1) + [cut(lines[limit - 1] + " …", to: columns)]
  }

  /// As many whole characters as fit; at least one, so that those who call it come to an end.
  private static func prefix(_ text: Substring, _ columns: Int) -> String {
    var out = ""
    var used = 0
    for character in text {
      let own = width(String(character))
      if used + own > columns, !out.isEmpty { break }
      out.append(character)
      used += own
    }
    return out
  }
}
