/// The name of a network interface: what the kernel's `dev_valid_name` takes, less what CNI forbids.
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
    // The kernel's isspace() is Latin-1's: it takes 0xa0 for white space, which every UTF-8 text may hold as a continuation.
    if bytes.contains(where: { $0 == 0x2f || $0 == 0x3a || $0 == 0x20 || (0x09...0x0d).contains($0) || $0 == 0xa0 || $0 == 0 }) {
      throw refuse(.forbiddenCharacter)
    }
    self.text = String(text)
  }

  package var description: String { text }
}
