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
