extension JSON {
  /// The value as text: without white space, or with one member per line, indented by four blanks a level.
  ///
  /// A colon never has a blank before it, because scripts that read CNI results search for `"ip":`.
  package func text(pretty: Bool = false) -> String {
    var out: [UInt8] = []
    write(to: &out, indent: pretty ? 0 : nil)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(to out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let v): out += (v ? "true" : "false").utf8
    case .number(let v): out += v.utf8
    case .string(let v): Self.write(v, to: &out)
    case .array(let items):
      Self.write(items, "[", "]", to: &out, indent: indent) { item, out, indent in item.write(to: &out, indent: indent) }
    case .object(let object):
      Self.write(object.members, "{", "}", to: &out, indent: indent) { member, out, indent in
        Self.write(member.name, to: &out)
        out += (indent == nil ? ":" : ": ").utf8
        member.value.write(to: &out, indent: indent)
      }
    }
  }

  private static func write<T>(
    _ items: [T], _ open: Character, _ close: Character, to out: inout [UInt8], indent: Int?,
    _ each: (T, inout [UInt8], Int?) -> Void
  ) {
    out += open.utf8
    for (i, item) in items.enumerated() {
      if i > 0 { out += ",".utf8 }
      newline(&out, indent.map { $0 + 1 })
      each(item, &out, indent.map { $0 + 1 })
    }
    if !items.isEmpty { newline(&out, indent) }
    out += close.utf8
  }

  private static func newline(_ out: inout [UInt8], _ indent: Int?) {
    guard let indent else { return }
    out.append(0x0a)
    out += repeatElement(0x20, count: 4 * indent)
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for c in text.utf8 {
      switch c {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), c]
      case 0x0a: out += "\\n".utf8
      case 0x0d: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0..<0x20, 0x7f:
        let hex = String(c, radix: 16)
        out += ("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8
      default: out.append(c)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
