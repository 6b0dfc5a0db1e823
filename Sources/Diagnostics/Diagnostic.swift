/// One finding about a text that a person wrote: what is wrong, where it is wrong, and what to write instead.
package struct Diagnostic: Sendable {
  /// How bad the finding is. Braid does not use a policy with an error; a warning has no effect.
  package enum Severity: String, Sendable, Comparable {
    case warning, error

    package static func < (a: Severity, b: Severity) -> Bool { a == .warning && b == .error }
  }

  /// Another place that the finding is about, with a few words about it, such as "first declared here".
  package struct Secondary: Sendable {
    package let span: Span
    package let label: String

    package init(_ span: Span, _ label: String) { (self.span, self.label) = (span, harmless(label, limit: .max)) }
  }

  package let code: DiagnosticCode
  package let severity: Severity
  /// One sentence without a full stop. A reader understands it without seeing the source line.
  package let message: String
  package let primary: Span
  /// A few words beside the carets. Often nil, because the message says enough.
  package let label: String?
  package let secondary: [Secondary]
  /// What to write instead, as one sentence without a full stop.
  package let help: String?

  /// The default severity is the code's.
  package init(
    _ code: DiagnosticCode, _ message: String, at primary: Span, label: String? = nil, secondary: [Secondary] = [],
    help: String? = nil,
    severity: Severity? = nil
  ) {
    self.code = code
    self.severity = severity ?? code.severity
    // The caller may have put text of the file into the message without quoting it.
    self.message = harmless(message, limit: .max)
    self.primary = primary
    self.label = label.map { harmless($0, limit: .max) }
    self.secondary = secondary
    self.help = help.map { harmless($0, limit: .max) }
  }

  /// The finding on one line, for an error object: `policy.yaml:3:7: BRD0101: unknown key "netwrok"; did you mean "network"?`.
  package var oneLine: String {
    let elsewhere = secondary.map { "; \($0.label): \($0.span.description)" }.joined()
    return "\(primary.description): \(code.rawValue): \(message)\(elsewhere)\(help.map { "; \($0)" } ?? "")"
  }
}

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
