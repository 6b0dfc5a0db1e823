import Diagnostics

/// Checks a text before the scanner reads it: it must be UTF-8 without characters that YAML forbids.
struct TextCheck {
  /// Whether all characters are ASCII, so the index of a character is also its byte offset.
  private(set) var isASCII = true

  /// Nil and a finding if the text cannot be YAML.
  init?(_ file: SourceFile, _ limits: YAMLLimits, _ findings: inout Findings) {
    func refuse(_ code: DiagnosticCode, _ message: String, _ range: Range<Int>?, _ help: String?) {
      findings.append(Diagnostic(code, message, at: Span(file, range.map(SourceRange.init)), help: help))
    }
    let bytes = file.bytes
    guard bytes.count <= limits.bytes else {
      refuse(
        .fileTooLarge, "the file is larger than \(limits.bytes) bytes", nil, "split it: a policy may be a directory of files")
      return nil
    }
    if let mark = Self.byteOrderMark(bytes) {
      refuse(.encoding, "the file starts with the byte order mark of \(mark)", nil, "save it as UTF-8 without a byte order mark")
      return nil
    }
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      if (0x20..<0x7f).contains(byte) || byte == 0x0a || byte == 0x09 || byte == 0x0d {
        i += 1
        continue
      }
      guard let scalar = Self.scalar(bytes, at: i) else {
        let hex = String(byte, radix: 16)
        refuse(.encoding, "invalid UTF-8: byte 0x\(hex.count < 2 ? "0" : "")\(hex)", i..<i + 1, "save the file as UTF-8")
        return nil
      }
      guard Self.isAllowed(scalar.value) else {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+\(String(repeating: "0", count: max(0, 4 - hex.count)))\(hex)"
        refuse(
          .controlCharacter, "the character \(name) cannot stand in YAML", i..<i + UTF8.width(scalar),
          "remove it, or write it as an escape in double quotes")
        return nil
      }
      isASCII = isASCII && byte < 0x80
      i += UTF8.width(scalar)
    }
  }

  private static func byteOrderMark(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return "UTF-8" }
    if bytes.starts(with: [0xff, 0xfe, 0, 0]) || bytes.starts(with: [0, 0, 0xfe, 0xff]) { return "UTF-32" }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return "UTF-16" }
    return nil
  }

  /// The character at an offset (Unicode Standard, table 3-7). Nil if the bytes are not valid UTF-8.
  private static func scalar(_ bytes: [UInt8], at i: Int) -> Unicode.Scalar? {
    let first = UInt32(bytes[i])
    let (length, bits): (Int, UInt32)
    switch first {
    case 0..<0x80: return Unicode.Scalar(first)
    case 0xc2...0xdf: (length, bits) = (2, first & 0x1f)
    case 0xe0...0xef: (length, bits) = (3, first & 0x0f)
    case 0xf0...0xf4: (length, bits) = (4, first & 0x07)
    default: return nil
    }
    guard i + length <= bytes.count else { return nil }
    var value = bits
    for byte in bytes[i + 1..<i + length] {
      guard UTF8.isContinuation(byte) else { return nil }
      value = value << 6 | UInt32(byte & 0x3f)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    return value >= least ? Unicode.Scalar(value) : nil
  }

  /// Whether a character is printable (YAML 1.2, section 5.1). Like libyaml, this excludes the byte order mark.
  private static func isAllowed(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0a, 0x0d, 0x20..<0x7f, 0x85, 0xa0...0xd7ff, 0xe000..<0xfeff, 0xff00...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }
}
