import Diagnostics
import YAML

/// The warnings that comments allow, each with a reason. Comments cannot allow errors, and the plugin ignores such comments.
struct Suppressions {
  /// A code and the place where it is allowed.
  private struct Place: Hashable {
    let file: ObjectIdentifier
    let scope: SuppressionComment.Scope
    let code: DiagnosticCode
  }

  private struct Grant {
    let reason: String
    let span: Span
    var isUsed = false
  }

  private var grants: [Place: Grant] = [:]
  private(set) var findings = Findings()

  /// Reads the comments of a policy's documents. Mistakes in the comments go to `findings`.
  init(_ documents: [YAMLDocument]) {
    for document in documents {
      guard let scan = CommentScan(document) else { continue }
      for comment in scan.comments() { read(comment, document.file) }
    }
  }

  private mutating func read(_ comment: CommentScan.Comment, _ file: SourceFile) {
    let text = String(decoding: file.bytes[comment.textStart..<comment.range.upperBound], as: UTF8.self)
    do throws(SuppressionComment.Problem) {
      let order = try SuppressionComment(text[...].utf8, at: comment.textStart, line: comment.targetLine)
      for code in order.codes { grant(code, order, file) }
    } catch {
      switch error {
      case .form:
        findings.append(
          Diagnostic(
            .suppressionForm, "braidctl does not understand this comment", at: Span(file, comment.range),
            help: "write \(SuppressionComment.example); for the whole file write allow-file instead of allow"))
      case .noReason(let codes):
        let names = codes.map(\.text).joined(separator: ", ")
        findings.append(
          Diagnostic(
            .suppressionWithoutReason, "the comment allows \(quoted(names)) without a reason, so it has no effect",
            at: Span(file, comment.range),
            help: "write the reason after a colon: \(SuppressionComment.example)"))
      }
    }
  }

  private mutating func grant(_ code: SuppressionComment.Code, _ order: SuppressionComment, _ file: SourceFile) {
    let span = Span(file, code.range)
    guard let known = DiagnosticCode(rawValue: code.text) else {
      let isShown = findings.omitted == 0
      let close = isShown ? Suggestion.closest(to: code.text, among: DiagnosticCode.allCases.map(\.rawValue)) : nil
      let help = close.map { "did you mean \(quoted($0))?" } ?? "write the code that the finding shows: BRD and four digits"
      findings.append(Diagnostic(.unknownSuppressedCode, "there is no finding \(quoted(code.text))", at: span, help: help))
      return
    }
    guard known.severity == .warning, !known.isAboutSuppression else {
      let what = known.severity == .error ? "is an error" : "is about comments like this one"
      findings.append(
        Diagnostic(
          .suppressedError, "\(known.rawValue) \(what), so no comment can allow it", at: span,
          help: "correct the policy, and remove this code"))
      return
    }
    let place = Place(file: ObjectIdentifier(file), scope: order.scope, code: known)
    if grants[place] == nil { grants[place] = Grant(reason: order.reason, span: span) }
  }

  /// Moves allowed findings out of the items, and adds the findings about the comments.
  ///
  /// A comment that allows nothing is a finding too, but only if the policy has no errors: an error can hide the warning that the
  /// comment is for.
  mutating func apply(to findings: inout Findings) {
    findings.allow { finding in
      let line = finding.primary.position.flatMap { use(.line($0.line), finding) }
      return line ?? use(.file, finding)
    }
    let isComplete = !findings.hasErrors && findings.omitted == 0
    findings.append(contentsOf: self.findings)
    guard isComplete else { return }
    for (place, grant) in grants where !grant.isUsed {
      let range = place.scope == .file ? "in this file" : "in the line that the comment is about"
      findings.append(
        Diagnostic(
          .unusedSuppression, "\(place.code.rawValue) is allowed, but does not occur \(range)", at: grant.span,
          help: "remove the code: it would hide the next finding of this kind"))
    }
  }

  private mutating func use(_ scope: SuppressionComment.Scope, _ finding: Diagnostic) -> String? {
    let place = Place(file: ObjectIdentifier(finding.primary.file), scope: scope, code: finding.code)
    grants[place]?.isUsed = true
    return grants[place]?.reason
  }
}
