/// One finding about a text that a person wrote: what is wrong, where, and what would be right.
package struct Diagnostic: Sendable {
  /// What a finding stops: an error the policy, a warning nothing.
  package enum Severity: String, Sendable, Comparable {
    case warning, error

    package static func < (a: Severity, b: Severity) -> Bool { a == .warning && b == .error }
  }

  /// Another place that belongs to the finding, and what is there: "first declared here".
  package struct Secondary: Sendable {
    package let span: Span
    package let label: String

    package init(_ span: Span, _ label: String) { (self.span, self.label) = (span, harmless(label, limit: .max)) }
  }

  package let code: DiagnosticCode
  package let severity: Severity
  /// One sentence without a full stop, which stands without the text it points to.
  package let message: String
  package let primary: Span
  /// A few words under the carets; often nil, since the message says it.
  package let label: String?
  package let secondary: [Secondary]
  /// What to do, as one sentence without a full stop.
  package let help: String?

  /// The severity is the code's unless told.
  package init(
    _ code: DiagnosticCode, _ message: String, at primary: Span, label: String? = nil, secondary: [Secondary] = [],
    help: String? = nil,
    severity: Severity? = nil
  ) {
    self.code = code
    self.severity = severity ?? code.severity
    // Whatever text of a file went into them unquoted.
    self.message = harmless(message, limit: .max)
    self.primary = primary
    self.label = label.map { harmless($0, limit: .max) }
    self.secondary = secondary
    self.help = help.map { harmless($0, limit: .max) }
  }

  /// The finding as one line for an error object: `policy.yaml:3:7: BRD0101: unknown key "netwrok"; did you mean "network"?`.
  package var oneLine: String {
    let elsewhere = secondary.map { "; \($0.label): \($0.span.description)" }.joined()
    return "\(primary.description): \(code.rawValue): \(message)\(elsewhere)\(help.map { "; \($0)" } ?? "")"
  }
}

/// The findings of one run, bounded, so that no text can make more of them than a person or the memory can take.
package struct Findings: Sendable {
  /// How many are kept; the rest is only counted. Half of the places are for errors alone: no number of warnings hides them.
  package static let limit = 1000

  package private(set) var items: [Diagnostic] = []
  package private(set) var omitted = 0
  /// What a comment in the text allows; not among the items.
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

  /// A finding that somebody has seen and wants, with the reason.
  package struct Allowed: Sendable {
    package let finding: Diagnostic
    package let reason: String

    package init(_ finding: Diagnostic, reason: String) { (self.finding, self.reason) = (finding, reason) }
  }

  /// Moves the items for which there is a reason to what is allowed; errors stay.
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

  /// In the order of the files' paths, in which a directory is read, then of the places; findings about a whole file come before its
  /// others.
  package var sorted: [Diagnostic] {
    let paths = Set(items.map(\.primary.file.path)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: paths.enumerated().map { ($1, $0) })
    let keyed = items.enumerated().map { (offset, item) in
      let place = item.primary.range?.lowerBound ?? -1
      return (key: (numbers[item.primary.file.path] ?? 0, place, item.code.rawValue, offset), item: item)
    }
    return keyed.sorted { $0.key < $1.key }.map(\.item)
  }

  /// The errors as one line, the first in full and how many more there are: for the CNI error object. Nil without errors.
  package var errorText: String? {
    let errors = sorted.filter { $0.severity == .error }
    guard let first = errors.first else { return nil }
    let more = errors.count - 1 + omitted
    return more == 0 ? first.oneLine : "\(first.oneLine) (and \(more) more: braidctl validate shows them all)"
  }
}
