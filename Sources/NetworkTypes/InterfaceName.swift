/// The name of a network interface that both the kernel (`dev_valid_name`) and CNI accept.
///
/// 1 to 15 bytes, not `.`, `..`, `all` or `default`, without `/`, `:`, `%`, white space and control characters. The kernel takes a `%` for a template of a
/// name (`dev_alloc_name`), so no link has one. Names are equal if their bytes are.
package struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Throws `NetworkTypeError.interfaceName` with the rule that the text breaks.
  package init(_ text: some StringProtocol) throws(NetworkTypeError) {
    let bytes = text.utf8
    func refuse(_ rule: NetworkTypeError.InterfaceNameRule) -> NetworkTypeError { .interfaceName(String(text), rule) }
    if bytes.isEmpty { throw refuse(.empty) }
    if bytes.count > 15 { throw refuse(.tooLong) }
    if text == "." || text == ".." { throw refuse(.dots) }
    // The kernel has directories of these names beside those of the links (/proc/sys/net/ipv4/conf).
    if text == "all" || text == "default" { throw refuse(.reserved) }
    // The kernel's isspace() is that of Latin-1, where 0xa0 is white space. In UTF-8 this byte may be a part of many characters.
    if bytes.contains(where: { $0 <= 0x20 || $0 == 0x25 || $0 == 0x2f || $0 == 0x3a || $0 == 0x7f || $0 == 0xa0 }) {
      throw refuse(.forbiddenCharacter)
    }
    self.text = String(text)
  }

  package var description: String { text }

  package static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  package func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}
