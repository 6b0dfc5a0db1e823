extension JSON {
  /// How deep arrays and objects may be nested in a text that is parsed. A deeper text would overflow the stack.
  package static let maximumDepth = 128

  /// How deep arrays and objects are nested: 0 for a scalar, 1 for an array of scalars.
  package var depth: Int {
    switch self {
    case .null, .bool, .number, .string: 0
    case .array(let items): 1 + (items.lazy.map(\.depth).max() ?? 0)
    case .object(let object): 1 + (object.members.lazy.map(\.value.depth).max() ?? 0)
    }
  }

  /// The number of bytes of `text()`.
  package var textLength: Int {
    switch self {
    case .null: 4
    case .bool(let value): value ? 4 : 5
    case .number(let digits): digits.utf8.count
    case .string(let text): Self.length(of: text)
    case .array(let items): items.reduce(Self.frame(items.count)) { $0 + $1.textLength }
    case .object(let object):
      object.members.reduce(Self.frame(object.members.count)) { $0 + Self.length(of: $1.name) + 1 + $1.value.textLength }
    }
  }

  /// The brackets and the commas between so many elements.
  private static func frame(_ count: Int) -> Int { 2 + max(0, count - 1) }

  private static func length(of text: String) -> Int { text.utf8.reduce(2) { $0 + length(of: $1) } }

  /// The bytes that a byte of a string takes, with its escape.
  static func length(of byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x0a, 0x0d, 0x09: 2
    case 0..<0x20, 0x7f: 6
    default: 1
    }
  }
}
