/// A pattern for a whole text: `*` stands for any number of characters, none too, `?` for exactly one, `\` takes the next one literally.
///
/// A character is a Unicode scalar. Everything else stands for itself, and letters in their own case. The time to match is at
/// most proportional to the length of the text times that of the pattern, which is bounded.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
  /// Bytes of a pattern.
  package static let maximumLength = 512

  private enum Element: Hashable {
    case literal(Unicode.Scalar)
    case one
    case many
  }

  package let pattern: String
  private let elements: [Element]

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
    self.pattern = pattern
    self.elements = elements
  }

  /// The pattern of an annotation's value, where the empty text is a pattern too: it matches the empty value.
  package init?(value pattern: String) {
    if pattern.isEmpty {
      (self.pattern, elements) = ("", [])
    } else {
      guard let glob = try? Glob(pattern) else { return nil }
      self = glob
    }
  }

  /// Whether every text matches, the empty one too.
  package var matchesAll: Bool { elements == [.many] }

  /// The one text that matches; nil for a pattern with `*` or `?`.
  package var literal: String? {
    var text = String.UnicodeScalarView()
    for element in elements {
      guard case .literal(let scalar) = element else { return nil }
      text.append(scalar)
    }
    return String(text)
  }

  /// What every text starts with that matches.
  var literalPrefix: String {
    var text = String.UnicodeScalarView()
    for element in elements {
      guard case .literal(let scalar) = element else { break }
      text.append(scalar)
    }
    return String(text)
  }

  /// Whether this pattern matches every text that the other one matches; false where that cannot be told by going along both.
  func covers(_ other: Glob) -> Bool {
    Self.match(elements[...], other.elements[...]) { mine, its in
      mine == its || (mine == .one && its != .many)
    }
  }

  package func matches(_ text: String) -> Bool {
    Self.match(elements[...], text.unicodeScalars) { element, scalar in element == .one || element == .literal(scalar) }
  }

  /// Goes back to the last `*` alone: what an earlier one took need never change.
  private static func match<Text: Collection>(
    _ pattern: ArraySlice<Element>, _ text: Text, _ fits: (Element, Text.Element) -> Bool
  ) -> Bool {
    var at = text.startIndex
    var i = pattern.startIndex
    var retry: (element: Int, at: Text.Index)?
    while at < text.endIndex {
      if i < pattern.endIndex, pattern[i] == .many {
        retry = (i + 1, at)
        i += 1
      } else if i < pattern.endIndex, fits(pattern[i], text[at]) {
        i += 1
        text.formIndex(after: &at)
      } else if let back = retry {
        i = back.element
        at = text.index(after: back.at)
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
