/// Translates the regular expressions of Go, which administrators have written for the reference plugin, into those of regex(7).
///
/// The result matches the same texts. It may match another part of a text, because regex(7) always looks for the longest.
enum GoExpression {
  /// Nil for syntax that regex(7) has no equal of, such as `(?i)` or `\pL`.
  static func extended(_ text: String) -> String? {
    var rest = Substring(text)
    var out = ""
    while let next = rest.popFirst() {
      switch next {
      case "\\":
        guard let escaped = rest.popFirst(), let translated = escape(escaped) else { return nil }
        out += translated
      case "[":
        guard let set = bracket(&rest) else { return nil }
        out += set
      case "(" where rest.first == "?":
        guard rest.hasPrefix("?:") else { return nil }
        rest.removeFirst(2)
        out += "("
      case "*", "+", "?", "}":
        out.append(next)
        // A lazy repetition matches the same texts.
        if rest.first == "?" { rest.removeFirst() }
      default: out.append(next)
      }
    }
    return out
  }

  private static func escape(_ next: Character) -> String? {
    switch next {
    case "d": "[0-9]"
    case "D": "[^0-9]"
    case "w": "[A-Za-z0-9_]"
    case "W": "[^A-Za-z0-9_]"
    case "s": "[[:space:]]"
    case "S": "[^[:space:]]"
    case "b", "B": "\\\(next)"
    default: next.isASCII && (next.isPunctuation || next.isSymbol) ? "\\\(next)" : nil
    }
  }

  /// The set of a bracket expression whose `[` has been read.
  private static func bracket(_ rest: inout Substring) -> String? {
    var set = BracketSet()
    if rest.first == "^" {
      set.isNegated = true
      rest.removeFirst()
    }
    var isFirst = true
    while let next = rest.popFirst() {
      if next == "]", !isFirst { return set.text }
      isFirst = false
      if next == "[", rest.first == ":", let end = rest.firstRange(of: ":]") {
        set.classes += "[" + rest[..<end.upperBound]
        rest = rest[end.upperBound...]
        continue
      }
      guard next == "\\" else {
        if let end = rangeEnd(&rest) { set.classes += "\(next)-\(end)" } else { set.characters.append(next) }
        continue
      }
      switch rest.popFirst() {
      case "d"?: set.classes += "0-9"
      case "w"?: set.classes += "A-Za-z0-9_"
      case "s"?: set.classes += "[:space:]"
      case let next? where next.isASCII && (next.isPunctuation || next.isSymbol): set.characters.append(next)
      default: return nil
      }
    }
    return nil
  }

  /// Takes `-z` off the text; nil if the text does not go on like this.
  private static func rangeEnd(_ rest: inout Substring) -> Character? {
    guard rest.first == "-", let end = rest.dropFirst().first, end.isLetter || end.isNumber else { return nil }
    rest.removeFirst(2)
    return end
  }
}

/// The members of a bracket expression. Some characters have a meaning of their own in regex(7), depending on where they stand.
private struct BracketSet {
  var isNegated = false
  /// Ranges and named classes.
  var classes = ""
  var characters: [Character] = []

  var text: String {
    let others = String(characters.filter { !"]^-[".contains($0) })
    func mark(_ character: Character) -> String { characters.contains(character) ? String(character) : "" }
    let members = mark("]") + others + classes + mark("[") + mark("^") + mark("-")
    // A `^` at the beginning would negate the set.
    if !isNegated, members == "^" { return "\\^" }
    if !isNegated, members == "^-" { return "[-^]" }
    return (isNegated ? "[^" : "[") + members + "]"
  }
}
