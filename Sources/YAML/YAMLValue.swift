/// The type of a scalar by the core schema of YAML 1.2 (section 10.3.2). In it `yes`, `no`, `on` and `off` are strings.
package enum YAMLValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A whole number. The scalar's text has the digits.
  case integer(Base)
  /// A number with a fraction or exponent, or `.inf` and `.nan`.
  case float(Form)
  case string

  /// The base that a whole number is written in.
  package enum Base: Hashable, Sendable { case decimal, octal, hexadecimal }
  package enum Form: Hashable, Sendable { case finite, infinite, notANumber }

  /// The type with its article, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .float: "a number"
    case .string: "a string"
    }
  }

  /// Finds the type of a plain scalar.
  package init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    default: self = text.utf8.first.map { Self.mayStartNumber($0) } == true ? Self.number(Array(text.utf8)) : .string
    }
  }

  private static func mayStartNumber(_ c: UInt8) -> Bool { isDigit(c) || c == 0x2b || c == 0x2d || c == 0x2e }

  private static func number(_ text: [UInt8]) -> YAMLValue {
    if text.starts(with: "0o".utf8), text.count > 2, text[2...].allSatisfy({ (48...55).contains($0) }) { return .integer(.octal) }
    if text.starts(with: "0x".utf8), text.count > 2, text[2...].allSatisfy({ isHexDigit($0) }) { return .integer(.hexadecimal) }
    let isSigned = text[0] == 0x2b || text[0] == 0x2d
    let body = text[(isSigned ? 1 : 0)...]
    if isDigit(body.first), body.allSatisfy({ isDigit($0) }) { return .integer(.decimal) }
    switch String(decoding: body, as: UTF8.self) {
    case ".inf", ".Inf", ".INF": return .float(.infinite)
    case ".nan", ".NaN", ".NAN": return isSigned ? .string : .float(.notANumber)
    default: return isDecimal(body) ? .float(.finite) : .string
    }
  }

  /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    let whole = rest.prefix { isDigit($0) }
    rest = rest.dropFirst(whole.count)
    var fraction = rest.prefix(0)
    if rest.first == 0x2e {
      fraction = rest.dropFirst().prefix { isDigit($0) }
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return false }
    guard rest.first == 0x65 || rest.first == 0x45 else { return rest.isEmpty }
    rest = rest.dropFirst()
    if rest.first == 0x2b || rest.first == 0x2d { rest = rest.dropFirst() }
    return !rest.isEmpty && rest.allSatisfy { isDigit($0) }
  }
}

private func isDigit(_ c: UInt8?) -> Bool { c.map { (48...57).contains($0) } ?? false }
private func isHexDigit(_ c: UInt8) -> Bool { isDigit(c) || (65...70).contains(c) || (97...102).contains(c) }
