/// What nft(8) keeps beside an object for people, which the kernel stores without reading it: numbered texts of up to 255 bytes.
enum NFTUserData {
  /// The numbers under which nft keeps the comment of each kind of object (libnftnl/udata.h).
  enum Comment {
    static let table: UInt8 = 0
    static let rule: UInt8 = 0
    static let element: UInt8 = 0
  }

  /// The bytes of a comment. It must have at most 254 bytes.
  static func comment(_ text: String, as type: UInt8) -> [UInt8] { [type, UInt8(text.utf8.count + 1)] + text.utf8 + [0] }

  /// The comment in an object's data; nil if it has none. Data that nobody can read counts as none, because any program may write it.
  static func comment(_ data: ArraySlice<UInt8>?, as type: UInt8) -> String? {
    guard var rest = data else { return nil }
    while rest.count >= 2, let length = rest.dropFirst().first, rest.count >= 2 + Int(length) {
      if rest.first == type { return Attributes.text(rest.dropFirst(2).prefix(Int(length))) }
      rest = rest.dropFirst(2 + Int(length))
    }
    return nil
  }
}
