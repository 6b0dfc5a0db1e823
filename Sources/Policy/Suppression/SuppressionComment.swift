import Diagnostics

/// A comment of a policy that speaks to `braidctl`: `# braidctl: allow BRD0215: the two LANs never meet`.
struct SuppressionComment {
  /// Which findings it is about: those that start in one line (from 1), or all of its file.
  enum Scope: Hashable {
    case line(Int)
    case file
  }

  /// A code as it is written, with its place.
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

  /// The word before every order.
  static let marker = "braidctl:"
  static let example = "# braidctl: allow BRD0215: the reason"

  /// Reads what follows the marker. `offset` is where the text stands in its file, `line` what it is about unless it says the file.
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
  /// Without blanks, tabs and the carriage return at the ends.
  var trimmed: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}
