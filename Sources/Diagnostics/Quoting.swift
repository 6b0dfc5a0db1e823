/// A text from outside for a message: in double quotes, on one line, no longer than a line.
///
/// Control characters, and those that turn the direction of the text round them, are written as `\u{…}`.
package func quoted(_ text: some StringProtocol) -> String {
  "\"" + harmless(text, limit: 80) + "\""
}

/// The text without what could garble a terminal or a log, cut at `limit` Unicode scalars.
package func harmless(_ text: some StringProtocol, limit: Int) -> String {
  var out = ""
  for (i, scalar) in text.unicodeScalars.enumerated() {
    if i == limit { return out + "…" }
    if isHarmful(scalar) {
      out += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}

/// C0 and C1 controls, line and paragraph separators, the byte order mark, and the bidirectional controls.
func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff, 0xfff9...0xfffb: true
  default: false
  }
}
