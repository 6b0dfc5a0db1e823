/// A text from outside as a message may show it: in double quotes, on one line, cut at 80 characters.
///
/// Control characters and characters that change the direction of text appear as `\u{…}`.
package func quoted(_ text: some StringProtocol) -> String {
  "\"" + harmless(text, limit: 80) + "\""
}

/// The text with every character escaped that could garble a terminal or a log, cut at `limit` Unicode scalars.
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

/// Whether a character is a C0 or C1 control, a line or paragraph separator, the byte order mark or a bidirectional control.
func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff, 0xfff9...0xfffb: true
  default: false
  }
}
