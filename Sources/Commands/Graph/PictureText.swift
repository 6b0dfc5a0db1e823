import Diagnostics

/// Prepares texts for a picture: one line, no control characters, and a known width.
///
/// Widths are in columns, as a terminal counts them, because the pictures use fonts of fixed width.
enum PictureText {
  static func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + DisplayWidth.of($1) } }

  /// The text without characters that could garble a picture.
  static func harmless(_ text: String) -> String { Diagnostics.harmless(text, limit: 1000) }

  /// The text cut to `columns`. If something is missing, it ends with an ellipsis.
  static func cut(_ text: String, to columns: Int) -> String {
    width(text) <= columns ? text : prefix(text[...], columns - 1) + "…"
  }

  /// The text in at most `lines` lines of at most `columns`, broken at blanks if possible. The rest of the text is left out.
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

  /// As many whole characters as fit, but at least one: otherwise the caller's loop would never end.
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
