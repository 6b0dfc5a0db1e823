import Diagnostics
import YAML

/// The warnings that comments allow, each with a reason. Errors cannot be allowed, and the plugin knows nothing of these comments.
struct Suppressions {
  /// Where a code is allowed.
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

  /// Reads the comments of a policy's documents; what is wrong with them is in `findings`.
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
            .suppressionForm, "the comment is meant for braidctl and cannot be understood", at: Span(file, comment.range),
            help: "write \(SuppressionComment.example), or allow-file for the whole file"))
      case .noReason(let codes):
        let names = codes.map(\.text).joined(separator: ", ")
        findings.append(
          Diagnostic(
            .suppressionWithoutReason, "the comment allows \(quoted(names)) without a reason, and does not count",
            at: Span(file, comment.range),
            help: "say why after a colon: \(SuppressionComment.example)"))
      }
    }
  }

  private mutating func grant(_ code: SuppressionComment.Code, _ order: SuppressionComment, _ file: SourceFile) {
    let span = Span(file, code.range)
    guard let known = DiagnosticCode(rawValue: code.text) else {
      let isShown = findings.omitted == 0
      let close = isShown ? Suggestion.closest(to: code.text, among: DiagnosticCode.allCases.map(\.rawValue)) : nil
      let help = close.map { "did you mean \(quoted($0))?" } ?? "codes are BRD and four digits, as the findings have them"
      findings.append(Diagnostic(.unknownSuppressedCode, "there is no finding \(quoted(code.text))", at: span, help: help))
      return
    }
    guard known.severity == .warning, !known.isAboutSuppression else {
      let what = known.severity == .error ? "is an error" : "is about comments like this"
      findings.append(
        Diagnostic(
          .suppressedError, "\(known.rawValue) \(what), which nothing can allow", at: span,
          help: "mend the policy, and remove this"))
      return
    }
    let place = Place(file: ObjectIdentifier(file), scope: order.scope, code: known)
    if grants[place] == nil { grants[place] = Grant(reason: order.reason, span: span) }
  }

  /// Moves what is allowed out of the findings' items, and adds what is wrong with the comments. Where all is known that there is to
  /// find, comments that allow nothing are findings too.
  mutating func apply(to findings: inout Findings) {
    findings.allow { finding in
      let line = finding.primary.position.flatMap { use(.line($0.line), finding) }
      return line ?? use(.file, finding)
    }
    let isComplete = !findings.hasErrors && findings.omitted == 0
    findings.append(contentsOf: self.findings)
    guard isComplete else { return }
    for (place, grant) in grants where !grant.isUsed {
      let range = place.scope == .file ? "in this file" : "in the line that it is about"
      findings.append(
        Diagnostic(
          .unusedSuppression, "\(place.code.rawValue) is allowed, and there is none \(range)", at: grant.span,
          help: "remove it: it would hide the next one"))
    }
  }

  private mutating func use(_ scope: SuppressionComment.Scope, _ finding: Diagnostic) -> String? {
    let place = Place(file: ObjectIdentifier(finding.primary.file), scope: scope, code: finding.code)
    grants[place]?.isUsed = true
    return grants[place]?.reason
  }
}
