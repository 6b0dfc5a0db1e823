import Diagnostics

/// Looks through the text before a syntax error for its likely cause: quotes that close on a later line, or a comment of another
/// language. libyaml only tells where it could not go on, which may be many lines later.
struct MarkScan {
  /// Quotes whose ends stand on different lines, or that have no end: the opening one, and the closing one.
  struct Quotes {
    let open: Int
    let close: Int?
  }

  /// The last quotes over several lines that close on the line of the error, or that have no end.
  private(set) var quotes: Quotes?
  /// The last `//` or `/*` that begins like a comment on the line of the error or the line before.
  private(set) var foreignComment: Int?

  private let bytes: [UInt8]
  private let end: Int

  init(_ file: SourceFile, before error: Int) {
    (bytes, end) = (file.bytes, min(error, file.bytes.count))
    scan()
  }

  private mutating func scan() {
    let line = lineStart(of: end)
    let lineBefore = line == 0 ? 0 : lineStart(of: line - 1)
    var at = 0
    // The byte before, without blanks: it tells whether a token can start here.
    var last: UInt8 = 0x0a
    var isAfterBlank = true
    while at < bytes.count, at <= end {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        // Elsewhere, such as in the middle of a text, a quote is a character like others.
        guard "[{,:-?\n".utf8.contains(last) else { break }
        let close = closing(byte, after: at)
        if let close, close < end {
          if bytes[at..<close].contains(0x0a), close >= line { quotes = Quotes(open: at, close: close) }
          at = close
        } else {
          if bytes[at..<end].contains(0x0a) { quotes = Quotes(open: at, close: close) }
          return
        }
      case UInt8(ascii: "#") where isAfterBlank:
        while at + 1 < bytes.count, bytes[at + 1] != 0x0a { at += 1 }
      case UInt8(ascii: "/") where isAfterBlank && last != UInt8(ascii: ":") && at >= lineBefore:
        if at + 1 < bytes.count, "/*".utf8.contains(bytes[at + 1]) { foreignComment = at }
      default: break
      }
      let here = at < bytes.count ? bytes[at] : 0x0a
      isAfterBlank = here == 0x20 || here == 0x09 || here == 0x0a || here == 0x0d
      if !isAfterBlank || here == 0x0a { last = here }
      at += 1
    }
  }

  /// The offset of the closing quote; nil if there is none.
  private func closing(_ quote: UInt8, after open: Int) -> Int? {
    var at = open + 1
    while at < bytes.count {
      if quote == UInt8(ascii: "\""), bytes[at] == UInt8(ascii: "\\") {
        at += 2
        continue
      }
      if bytes[at] == quote {
        guard quote == UInt8(ascii: "'"), at + 1 < bytes.count, bytes[at + 1] == quote else { return at }
        at += 1
      }
      at += 1
    }
    return nil
  }

  private func lineStart(of offset: Int) -> Int { bytes[..<min(offset, bytes.count)].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0 }
}
