/// Why a text is not JSON, and where the mistake is.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Problem: Sendable, Equatable {
    case empty, truncated, trailing, tooDeep, badString, badEscape, badNumber, badUTF8
    /// Something else stands where this must stand.
    case expected(Expected)
    /// A comma stands before the end of an array or object.
    case trailingComma
    case comment
    case singleQuotes
    /// The line ends inside a string.
    case openString
  }

  /// What JSON allows at a place.
  package enum Expected: String, Sendable {
    case value = "a value"
    case key = "a key in double quotes"
    case colon = "a colon"
    case commaOrBracket = "a comma or \"]\""
    case commaOrBrace = "a comma or \"}\""
    case word = "true, false or null"
  }

  package let problem: Problem
  /// Counted from 1; the column counts bytes.
  package let line: Int
  package let column: Int

  package init(problem: Problem, line: Int, column: Int) { (self.problem, self.line, self.column) = (problem, line, column) }

  package var description: String {
    problem == .empty ? words : "\(words) at line \(line), column \(column)"
  }

  /// What is wrong, without the place.
  package var words: String {
    switch problem {
    case .empty: "there is no JSON text"
    case .truncated: "the JSON text ends before the value is complete"
    case .expected(let expected): "expected \(expected.rawValue)"
    case .trailingComma: "there is a comma after the last entry"
    case .comment: "JSON has no comments"
    case .singleQuotes: "JSON has no single quotes, only double quotes"
    case .openString: "a string is not closed before the end of its line"
    case .trailing: "unexpected text after the JSON value"
    case .tooDeep: "arrays and objects are nested more than \(JSON.maximumDepth) deep"
    case .badString: "control character in a string"
    case .badEscape: "invalid escape in a string"
    case .badNumber: "invalid number"
    case .badUTF8: "invalid UTF-8"
    }
  }
}

extension JSON {
  /// Parses one JSON text. Throws `JSONError` with the place of the first mistake.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  package init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

/// A recursive-descent parser. Its depth is limited because a deep text would overflow the stack.
struct JSONParser {
  private let bytes: [UInt8]
  private var at = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSON {
    skipSpace()
    guard at < bytes.count else { throw failure(.empty) }
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw failure(.trailing) }
    return value
  }

  private func failure(_ problem: JSONError.Problem) -> JSONError {
    let before = bytes[..<min(at, bytes.count)]
    let line = 1 + before.count { $0 == 0x0a }
    let start = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    return JSONError(problem: problem, line: line, column: before.count - start + 1)
  }

  /// The error for a character that cannot stand here. Mistakes that people often make have a problem of their own.
  private func failure(expecting expected: JSONError.Expected) -> JSONError {
    switch next {
    case UInt8(ascii: "#"): failure(.comment)
    case UInt8(ascii: "/") where at + 1 < bytes.count && [UInt8(ascii: "/"), UInt8(ascii: "*")].contains(bytes[at + 1]):
      failure(.comment)
    case UInt8(ascii: "'"): failure(.singleQuotes)
    default: failure(.expected(expected))
    }
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[at]) { at += 1 }
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func value() throws(JSONError) -> JSON {
    switch next {
    case nil: throw failure(.truncated)
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for c in expected {
      guard let found = next else { throw failure(.truncated) }
      guard found == c else { throw failure(expecting: .word) }
      at += 1
    }
    return value
  }

  /// Skips the opening bracket, then calls `item` for each element up to the closing bracket `close`.
  private mutating func sequence(
    until close: UInt8, _ item: (inout JSONParser) throws(JSONError) -> Void
  ) throws(JSONError) {
    depth += 1
    guard depth <= JSON.maximumDepth else { throw failure(.tooDeep) }
    defer { depth -= 1 }
    at += 1
    skipSpace()
    if next == close {
      at += 1
      return
    }
    while true {
      skipSpace()
      try item(&self)
      skipSpace()
      switch next {
      case nil: throw failure(.truncated)
      case close:
        at += 1
        return
      case UInt8(ascii: ","):
        let comma = at
        at += 1
        skipSpace()
        guard next != close else {
          at = comma
          throw failure(.trailingComma)
        }
      default: throw failure(expecting: close == UInt8(ascii: "]") ? .commaOrBracket : .commaOrBrace)
      }
    }
  }

  private mutating func array() throws(JSONError) -> [JSON] {
    var items: [JSON] = []
    try sequence(until: UInt8(ascii: "]")) { (p) throws(JSONError) in items.append(try p.value()) }
    return items
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    var members: [JSONObject.Member] = []
    try sequence(until: UInt8(ascii: "}")) { (p) throws(JSONError) in
      guard let first = p.next else { throw p.failure(.truncated) }
      guard first == UInt8(ascii: "\"") else { throw p.failure(expecting: .key) }
      let name = try p.string()
      p.skipSpace()
      guard let colon = p.next else { throw p.failure(.truncated) }
      guard colon == UInt8(ascii: ":") else { throw p.failure(expecting: .colon) }
      p.at += 1
      p.skipSpace()
      members.append(.init(name, try p.value()))
    }
    return JSONObject(members)
  }

  private mutating func number() throws(JSONError) -> String {
    let start = at
    if next == UInt8(ascii: "-") { at += 1 }
    switch next {
    case UInt8(ascii: "0"): at += 1
    case .some(49...57): digits()
    case nil: throw failure(.truncated)
    default: throw start == at ? failure(expecting: .value) : failure(.badNumber)
    }
    if next == UInt8(ascii: ".") {
      at += 1
      guard digits() else { throw failure(.badNumber) }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      guard digits() else { throw failure(.badNumber) }
    }
    if case .some(48...57) = next { throw failure(.badNumber) }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  @discardableResult
  private mutating func digits() -> Bool {
    let start = at
    while case .some(48...57) = next { at += 1 }
    return at > start
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(JSONError) -> String {
    at += 1
    var text: [UInt8] = []
    var run = at
    while let c = next {
      switch c {
      case UInt8(ascii: "\""):
        text += bytes[run..<at]
        guard let string = String(validating: text, as: UTF8.self) else { throw failure(.badUTF8) }
        at += 1
        return string
      case UInt8(ascii: "\\"):
        text += bytes[run..<at]
        text += try escape()
        run = at
      case 0x0a, 0x0d: throw failure(.openString)
      case 0..<0x20: throw failure(.badString)
      default: at += 1
      }
    }
    throw failure(.truncated)
  }

  /// Reads one escape, or the two of a surrogate pair. A lone surrogate becomes U+FFFD, as in Go's decoder.
  private mutating func escape() throws(JSONError) -> [UInt8] {
    at += 1
    guard let c = next else { throw failure(.truncated) }
    at += 1
    switch c {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [c]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var unit = UInt32(try fourDigits())
      if (0xd800..<0xdc00).contains(unit), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
        bytes[at + 1] == UInt8(ascii: "u")
      {
        let back = at
        at += 2
        let low = UInt32(try fourDigits())
        if (0xdc00..<0xe000).contains(low) { unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00) } else { at = back }
      }
      return Array(String(Character(Unicode.Scalar(unit) ?? "\u{fffd}")).utf8)
    default:
      at -= 1
      throw failure(.badEscape)
    }
  }

  private mutating func fourDigits() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let c = next else { throw failure(.truncated) }
      let digit: UInt8
      switch c {
      case 48...57: digit = c - 48
      case 65...70: digit = c - 55
      case 97...102: digit = c - 87
      default: throw failure(.badEscape)
      }
      value = value << 4 | UInt16(digit)
      at += 1
    }
    return value
  }
}
