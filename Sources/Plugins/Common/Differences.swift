/// Collects what a CHECK finds, so that one call tells of everything.
struct Differences {
  private var found: [DelegateError] = []

  mutating func append(_ error: DelegateError) { found.append(error) }

  /// Goes on after an error of `body`, which is one more thing that was found.
  mutating func attempt(_ body: () throws(DelegateError) -> Void) {
    do { try body() } catch { found.append(error) }
  }

  /// Throws what was found: the error itself, or `DelegateError.differences` for several.
  func end() throws(DelegateError) {
    if found.count > 1 { throw .differences(found) }
    if let only = found.first { throw only }
  }
}
