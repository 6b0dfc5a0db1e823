/// The findings of one run. Their number is limited: a file with a million mistakes must not use up the memory.
package struct Findings: Sendable {
  /// How many findings are kept; the others are only counted. Warnings fill at most half of the places, so they cannot push out
  /// errors.
  package static let limit = 1000

  package private(set) var items: [Diagnostic] = []
  package private(set) var omitted = 0
  /// The findings that a comment in the text allows. They are not among the items.
  package private(set) var allowed: [Allowed] = []
  package private(set) var hasErrors = false

  package init() {}

  package mutating func append(_ finding: Diagnostic) {
    let isError = finding.severity == .error
    if isError { hasErrors = true }
    if items.count < (isError ? Self.limit : Self.limit / 2) { items.append(finding) } else { omitted += 1 }
  }

  package mutating func append(contentsOf other: Findings) {
    for item in other.items { append(item) }
    omitted += other.omitted
    allowed += other.allowed
    hasErrors = hasErrors || other.hasErrors
  }

  /// A finding that a comment allows, with the comment's reason.
  package struct Allowed: Sendable {
    package let finding: Diagnostic
    package let reason: String

    package init(_ finding: Diagnostic, reason: String) { (self.finding, self.reason) = (finding, reason) }
  }

  /// Moves the warnings for which `reason` gives a reason from the items to `allowed`. Errors stay.
  package mutating func allow(_ reason: (Diagnostic) -> String?) {
    var kept: [Diagnostic] = []
    for item in items {
      guard item.severity != .error, let reason = reason(item) else {
        kept.append(item)
        continue
      }
      allowed.append(Allowed(item, reason: reason))
    }
    items = kept
  }

  package var isEmpty: Bool { items.isEmpty }

  /// The items by path and then by place. A finding about a whole file comes before the file's other findings.
  package var sorted: [Diagnostic] {
    let paths = Set(items.map(\.primary.file.path)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: paths.enumerated().map { ($1, $0) })
    let keyed = items.enumerated().map { (offset, item) in
      let place = item.primary.range?.lowerBound ?? -1
      return (key: (numbers[item.primary.file.path] ?? 0, place, item.code.rawValue, offset), item: item)
    }
    return keyed.sorted { $0.key < $1.key }.map(\.item)
  }

  /// The first error on one line and the number of further ones, for the CNI error object. Nil without errors.
  package var errorText: String? {
    let errors = sorted.filter { $0.severity == .error }
    guard let first = errors.first else { return nil }
    let more = errors.count - 1 + omitted
    return more == 0 ? first.oneLine : "\(first.oneLine) (and \(more) more: braidctl validate shows them all)"
  }
}
