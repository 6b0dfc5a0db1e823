/// CNI_CONTAINERID: starts with a letter or digit; then letters, digits, `_`, `.` and `-` (CNI specification, section 2).
///
/// At most 1024 bytes, a bound of ours: the ID is part of file names and comments.
package struct ContainerID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Throws `ProtocolError.containerID`.
  package init(_ text: String) throws(ProtocolError) {
    guard !text.isEmpty else { throw .containerID(text, .empty) }
    guard isIdentifier(text) else { throw .containerID(text, .forbiddenCharacter) }
    guard text.utf8.count <= 1024 else { throw .containerID(text, .tooLong) }
    self.text = text
  }

  package var description: String { text }
}

/// The name of a network: starts with a letter or digit; then letters, digits, `_`, `.` and `-` (CNI specification, section 1).
///
/// At most 200 bytes, a bound of ours: the name is a directory of the IPAM store.
package struct NetworkName: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// Throws `ProtocolError.networkName`.
  package init(_ text: String) throws(ProtocolError) {
    guard !text.isEmpty else { throw .networkName(text, .empty) }
    guard isIdentifier(text) else { throw .networkName(text, .forbiddenCharacter) }
    guard text.utf8.count <= 200 else { throw .networkName(text, .tooLong) }
    self.text = text
  }

  package var description: String { text }
}

private func isIdentifier(_ text: String) -> Bool {
  func alphanumeric(_ c: UInt8) -> Bool { (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) }
  guard let first = text.utf8.first, alphanumeric(first) else { return false }
  return text.utf8.allSatisfy {
    alphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
  }
}
