import Diagnostics

/// A comment in a policy that allows findings: `# braidctl: allow BRD0215: the two LANs never meet`.
struct SuppressionComment {
  /// The findings that the comment allows: those that start in one line, counted from 1, or those of the whole file.
  enum Scope: Hashable {
    case line(Int)
    case file
  }

  /// The text of a code with its place. The code may be unknown.
  struct Code {
    let text: String
    let range: SourceRange
  }

  /// Why a comment cannot be used.
  enum Problem: Error {
    case form
    case noReason([Code])
  }

  let scope: Scope
  let codes: [Code]
  let reason: String

  /// The word that starts every such comment.
  static let marker = "braidctl:"
  static let example = "# braidctl: allow BRD0215: the reason"

  /// Reads the text after the marker. `offset` is the text's offset in its file, `line` the line that the comment is about.
  init(_ text: Substring.UTF8View, at offset: Int, line: Int) throws(Problem) {
    let bytes = Array(text)
    let words = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: true)
    guard let order = words.first, words.count == 2 else { throw .form }
    switch String(decoding: order, as: UTF8.self) {
    case "allow": scope = .line(line)
    case "allow-file": scope = .file
    default: throw .form
    }
    let rest = words[1]
    let colon = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
    var codes: [Code] = []
    for part in rest[..<colon].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let word = part.trimmed
      guard !word.isEmpty, word.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .form }
      let lower = offset + word.startIndex
      codes.append(Code(text: String(decoding: word, as: UTF8.self), range: SourceRange(lower..<lower + word.count)))
    }
    let reason = colon == rest.endIndex ? "" : String(decoding: rest[(colon + 1)...].trimmed, as: UTF8.self)
    guard !reason.isEmpty else { throw .noReason(codes) }
    (self.codes, self.reason) = (codes, reason)
  }
}

extension ArraySlice<UInt8> {
  /// The bytes without blanks, tabs and carriage returns at the ends.
  var trimmed: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}
