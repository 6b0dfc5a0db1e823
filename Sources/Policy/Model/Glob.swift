/// A pattern for a whole text. `*` stands for any number of characters or none, `?` for exactly one. `\` makes the next character
/// literal.
///
/// A character is a Unicode scalar. All other characters stand for themselves; upper and lower case differ. Matching takes at
/// most time proportional to the length of the text times that of the pattern, which is limited.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
  /// How many bytes a pattern may have.
  package static let maximumLength = 512

  private enum Element: Hashable {
    case literal(Unicode.Scalar)
    case one
    case many
  }

  package let pattern: String
  private let elements: [Element]
  /// The pattern as `matches` reads it: UTF-8 for literal text, and for `?` and `*` bytes that occur in no UTF-8.
  let program: [UInt8]

  package enum Mistake: Error, Sendable { case empty, tooLong, danglingEscape }

  package init(_ pattern: String) throws(Mistake) {
    guard !pattern.isEmpty else { throw .empty }
    guard pattern.utf8.count <= Self.maximumLength else { throw .tooLong }
    var elements: [Element] = []
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if isEscaped {
        elements.append(.literal(scalar))
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "?": elements.append(.one)
      case "*": if elements.last != .many { elements.append(.many) }
      default: elements.append(.literal(scalar))
      }
    }
    guard !isEscaped else { throw .danglingEscape }
    self.init(pattern, elements)
  }

  private init(_ pattern: String, _ elements: [Element]) {
    (self.pattern, self.elements) = (pattern, elements)
    var program: [UInt8] = []
    for element in elements {
      switch element {
      case .literal(let scalar): program += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      case .one: program.append(Self.one)
      case .many: program.append(Self.many)
      }
    }
    self.program = program
  }

  private static let one: UInt8 = 0xfe
  private static let many: UInt8 = 0xff

  /// A pattern for a value of an annotation, label or argument. Here an empty pattern is valid and matches the empty value.
  package init?(value pattern: String) {
    if pattern.isEmpty {
      self.init("", [])
    } else {
      guard let glob = try? Glob(pattern) else { return nil }
      self = glob
    }
  }

  /// Whether there is neither `*` nor `?` in it: `program` is the only text that matches then.
  var isLiteral: Bool { elements.allSatisfy { if case .literal = $0 { true } else { false } } }

  /// The characters that stand for themselves.
  var literals: [Unicode.Scalar] { elements.compactMap { if case .literal(let scalar) = $0 { scalar } else { nil } } }

  /// Whether every text matches, the empty one too.
  package var matchesAll: Bool { elements == [.many] }

  /// The only text that matches. Nil for a pattern with `*` or `?`.
  package var literal: String? {
    var text = String.UnicodeScalarView()
    for element in elements {
      guard case .literal(let scalar) = element else { return nil }
      text.append(scalar)
    }
    return String(text)
  }

  /// Whether this pattern matches every text that the other one matches. False if a simple comparison of both cannot tell.
  func covers(_ other: Glob) -> Bool {
    Self.match(elements[...], other.elements[...]) { mine, its in
      mine == its || (mine == .one && its != .many)
    }
  }

  package func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { text in program.withUnsafeBytes { Self.matches($0, UnsafeRawBufferPointer(text)) } }
  }

  /// Whether a text, UTF-8, matches the program of a pattern.
  static func matches(_ program: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Bool {
    var (at, i) = (0, 0)
    var retry: (program: Int, at: Int)?
    while at < text.count {
      if i < program.count, program[i] == many {
        retry = (i + 1, at)
        i += 1
      } else if i < program.count, program[i] == text[at] {
        i += 1
        at += 1
      } else if i < program.count, program[i] == one, !UTF8.isContinuation(text[at]) {
        i += 1
        repeat { at += 1 } while at < text.count && UTF8.isContinuation(text[at])
      } else if let back = retry {
        // The last `*` takes one byte more. That may end inside a character, but no literal and no `?` can match from there.
        i = back.program
        at = back.at + 1
        retry = (i, at)
      } else {
        return false
      }
    }
    return program[i...].allSatisfy { $0 == many }
  }

  /// Compares two patterns from left to right. If they differ, it goes back to the last `*` only: earlier ones need never take
  /// more.
  private static func match(
    _ pattern: ArraySlice<Element>, _ text: ArraySlice<Element>, _ fits: (Element, Element) -> Bool
  ) -> Bool {
    var at = text.startIndex
    var i = pattern.startIndex
    var retry: (element: Int, at: Int)?
    while at < text.endIndex {
      if i < pattern.endIndex, pattern[i] == .many {
        retry = (i + 1, at)
        i += 1
      } else if i < pattern.endIndex, fits(pattern[i], text[at]) {
        i += 1
        at += 1
      } else if let back = retry {
        i = back.element
        at = back.at + 1
        retry = (back.element, at)
      } else {
        return false
      }
    }
    return pattern[i...].allSatisfy { $0 == .many }
  }

  package var description: String { pattern }

  package static func == (a: Glob, b: Glob) -> Bool { a.elements == b.elements }
  package func hash(into hasher: inout Hasher) { hasher.combine(elements) }
}
