extension StringProtocol {
  /// The parts between an ASCII character, at most `maxSplits` + 1 of them; empty parts are kept.
  ///
  /// It compares bytes. `split` compares what a reader sees: there a `/` with a combining accent behind it is another character, and
  /// separates nothing, although the kernel sees a `/`.
  package func split(at separator: Unicode.Scalar, maxSplits: Int = .max) -> [String] {
    utf8.split(separator: UInt8(ascii: separator), maxSplits: maxSplits, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
