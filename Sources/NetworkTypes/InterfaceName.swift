/// The name of a network interface that both the kernel (`dev_valid_name`) and CNI accept.
///
/// 1 to 15 bytes, not `.` or `..`, without `/`, `:` and white space.
package struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Throws `NetworkTypeError.interfaceName` with the rule that the text breaks.
  package init(_ text: some StringProtocol) throws(NetworkTypeError) {
    let bytes = text.utf8
    func refuse(_ rule: NetworkTypeError.InterfaceNameRule) -> NetworkTypeError { .interfaceName(String(text), rule) }
    if bytes.isEmpty { throw refuse(.empty) }
    if bytes.count > 15 { throw refuse(.tooLong) }
    if text == "." || text == ".." { throw refuse(.dots) }
    // The kernel's isspace() is that of Latin-1, where 0xa0 is white space. In UTF-8 this byte may be a part of many characters.
    if bytes.contains(where: { $0 == 0x2f || $0 == 0x3a || $0 == 0x20 || (0x09...0x0d).contains($0) || $0 == 0xa0 || $0 == 0 }) {
      throw refuse(.forbiddenCharacter)
    }
    self.text = String(text)
  }

  package var description: String { text }
}
