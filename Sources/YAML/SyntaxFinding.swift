import Diagnostics

/// Translates libyaml's errors into findings that a person understands.
enum SyntaxFinding {
  static func of(_ error: ScanError, in file: SourceFile) -> Diagnostic {
    let offset = min(error.offset, file.bytes.count)
    let here = Span(file, SourceRange(offset..<end(of: offset, in: file)))
    let byte = offset < file.bytes.count ? file.bytes[offset] : nil
    if byte == 0x09, isTabProblem(error.problem) {
      return Diagnostic(
        .tabIndentation, "a tab cannot indent YAML", at: here,
        help: "use spaces; only inside { } and [ ] (flow style) tabs are allowed"
      )
    }
    if error.problem == "found invalid Unicode character escape code" { return surrogate(error, in: file) }
    if error.problem == "mapping values are not allowed in this context", let key = keyWithoutBlank(before: offset, in: file) {
      return Diagnostic(
        .syntax, "there cannot be a key here", at: here, secondary: [.init(Span(file, key), "no blank after the colon")],
        help: "put a blank after the colon: without one, the colon is part of the text")
    }
    if let finding = cause(of: error, offset, in: file) { return finding }
    let (message, help) = text(error, byte)
    return Diagnostic(.syntax, message, at: here, secondary: context(error, offset, in: file), help: help)
  }

  /// A finding about the likely cause, if that stands before the place where libyaml gave up. Nil if none is found.
  private static func cause(of error: ScanError, _ offset: Int, in file: SourceFile) -> Diagnostic? {
    let scan = MarkScan(file, before: offset)
    func span(_ offset: Int, _ count: Int = 1) -> Span { Span(file, SourceRange(offset..<min(offset + count, file.bytes.count))) }
    if let comment = scan.foreignComment {
      return Diagnostic(.syntax, "this does not start a comment", at: span(comment, 2), help: ForeignComment.help)
    }
    guard let quotes = scan.quotes else { return nil }
    guard let close = quotes.close, close < offset else {
      return Diagnostic(
        .syntax, "these quotes are not closed", at: span(quotes.open), help: "close them where the text is meant to end")
    }
    let line = file.position(of: close).line
    return Diagnostic(
      .syntax, "these quotes close only in line \(line), and something follows there", at: span(quotes.open),
      secondary: [.init(span(close), "closed here")],
      help: "close the quotes where the text is meant to end; inside single quotes, write '' for a quote")
  }

  /// A `key:value` without a blank on the line before. YAML read it as a text that goes on in this line.
  private static func keyWithoutBlank(before offset: Int, in file: SourceFile) -> SourceRange? {
    let bytes = file.bytes
    guard let end = bytes[..<offset].lastIndex(of: 0x0a) else { return nil }
    let start = bytes[..<end].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let word = bytes[start..<end].drop { $0 == 0x20 || $0 == 0x2d }
    guard let colon = word.firstIndex(of: 0x3a), colon > word.startIndex, colon + 1 < end, bytes[colon + 1] != 0x20,
      word[..<colon].allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) })
    else { return nil }
    return SourceRange(word.startIndex..<colon + 1)
  }

  private static func end(of offset: Int, in file: SourceFile) -> Int {
    guard offset < file.bytes.count, file.bytes[offset] != 0x0a, file.bytes[offset] != 0x0d else { return offset }
    var end = offset + 1
    while end < file.bytes.count, UTF8.isContinuation(file.bytes[end]) { end += 1 }
    return end
  }

  private static func isTabProblem(_ problem: String) -> Bool {
    problem.contains("cannot start any token") || problem.contains("tab character")
  }

  /// The start of the mapping, list or text that has the mistake, unless the mistake itself is there.
  private static func context(_ error: ScanError, _ offset: Int, in file: SourceFile) -> [Diagnostic.Secondary] {
    guard let context = error.context, error.contextOffset < offset, let label = contexts[context] else { return [] }
    let start = error.contextOffset
    return [.init(Span(file, SourceRange(start..<end(of: start, in: file))), label)]
  }

  private static var contexts: [String: String] {
    [
      "while parsing a block mapping": "in the mapping that starts here",
      "while parsing a block collection": "in the list that starts here",
      "while parsing a flow mapping": "in the braces that open here",
      "while parsing a flow sequence": "in the brackets that open here",
      "while scanning a quoted scalar": "in the quotes that open here",
      "while scanning a simple key": "in the key that starts here",
      "while scanning a plain scalar": "in the value that starts here",
      "while scanning a block scalar": "in the block text that starts here",
    ]
  }

  private static func text(_ error: ScanError, _ byte: UInt8?) -> (String, String?) {
    switch error.problem {
    case "mapping values are not allowed in this context":
      ("there cannot be a key here", "quote the value if it contains \": \", or correct the indentation")
    case "block sequence entries are not allowed in this context":
      ("a list entry cannot start here", "put the \"-\" on a line of its own below the key")
    case "mapping keys are not allowed in this context": ("a key cannot start here", "put it on a line of its own")
    case "could not find expected ':'":
      (
        "expected a key, found a text without a colon",
        "write \"key: value\"; a key must be on one line and have at most 1024 characters"
      )
    case "did not find expected key":
      ("expected a key here", "check the indentation: all keys of a mapping start in the same column")
    case "did not find expected '-' indicator":
      ("expected a list entry here", "check the indentation: every \"-\" of a list is in the same column")
    case "did not find expected ',' or ']'":
      ("expected a comma or ] here", "separate the entries of the list with commas, and close it with ]")
    case "did not find expected ',' or '}'":
      ("expected a comma or } here", "separate the keys of the mapping with commas, and close it with }")
    case "did not find expected node content": ("expected a value here", "write a value, or \"\" for an empty text")
    case "did not find expected <document start>":
      ("there is text after the end of the document", "check the indentation of this line")
    case "found unexpected end of stream": ("the file ends before the quotes are closed", "close the quotes")
    case "found unexpected document indicator": ("the document ends before the quotes are closed", "close the quotes")
    case "found character that cannot start any token": (unstartable(byte), "quote the value")
    case "found unknown escape character":
      (
        "this escape does not exist in double quotes",
        "write \\\\ for a backslash, or use single quotes, where it needs no escape"
      )
    case "did not find expected hexdecimal number":
      (
        "an escape needs hexadecimal digits here",
        "write two digits after \\x, four digits after \\u or eight digits after \\U"
      )
    case "did not find expected alphabetic or numeric character" where error.context == "while scanning an alias":
      ("an alias needs a name after its *", "quote the * if a pattern is meant: \"*\"")
    case "did not find expected alphabetic or numeric character":
      ("an anchor needs a name after its &", "quote the & if a text is meant")
    case "found undefined tag handle": ("this tag is not declared", "remove the tag")
    default:
      (
        error.problem.isEmpty ? "this is not YAML" : "this is not YAML: \(error.problem)",
        "quote the value, or look for the mistake in the lines before"
      )
    }
  }

  private static func unstartable(_ byte: UInt8?) -> String {
    guard let byte, (0x21..<0x7f).contains(byte) else { return "no value can start with this character" }
    return "no value can start with \(Character(Unicode.Scalar(byte))) unless it is quoted"
  }

  /// JSON writes a character beyond U+FFFF as two escapes; YAML writes it as one.
  private static func surrogate(_ error: ScanError, in file: SourceFile) -> Diagnostic {
    let bytes = file.bytes
    // Depending on its version, libyaml points to the backslash or behind the escape's letter.
    var start = min(error.offset, bytes.count)
    while start > 0, start < bytes.count, bytes[start] != 0x5c, error.offset - start < 3 { start -= 1 }
    let range = start..<min(start + 12, bytes.count)
    let here = Span(file, SourceRange(start..<min(start + 6, bytes.count)))
    if let scalar = pair(bytes[range]) {
      return Diagnostic(
        .surrogateEscape, "YAML does not know surrogate pairs as escapes", at: Span(file, SourceRange(range)),
        help: "write the character \(Character(scalar)) itself, or \(long(scalar))")
    }
    return Diagnostic(
      .surrogateEscape, "this escape does not stand for a character", at: here, help: "write the character itself")
  }

  private static func long(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "\\U" + String(repeating: "0", count: 8 - hex.utf8.count) + hex
  }

  private static func pair(_ text: ArraySlice<UInt8>) -> Unicode.Scalar? {
    let text = String(decoding: text, as: UTF8.self)
    guard text.utf8.count == 12, text.hasPrefix("\\u"), let high = UInt32(text.dropFirst(2).prefix(4), radix: 16),
      text.dropFirst(6).hasPrefix("\\u"), let low = UInt32(text.suffix(4), radix: 16),
      (0xd800..<0xdc00).contains(high), (0xdc00..<0xe000).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
  }
}

/// Comments of other languages.
enum ForeignComment {
  static let help = "write # for a comment in YAML, or remove it: JSON has no comments"

  /// Whether a text without quotes begins with one.
  static func starts(_ text: String) -> Bool { text.hasPrefix("//") || text.hasPrefix("/*") }
}
